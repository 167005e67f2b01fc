/** A question for a link address that a macsec device refused as it refuses all. */
import { isNeighbourFailure } from "../../kernel/neighbours.ts";
import { timesAsked, timesText, wasAsked } from "../../view/evidence.ts";
import { lookUpRoute } from "../../view/routing.ts";
import { linkOf, ownersOf } from "../../view/state_view.ts";
import { command } from "../command.ts";
import { eventEvidence, placeOf, wireDestination } from "../evidence.ts";
import { cause, type Rule } from "../rule.ts";
import { askedHops } from "../shared/asked_hop.ts";
import { device } from "../word.ts";
import { refusedBy } from "./counters.ts";

/**
 * The first that two ends of macsec without a common key lose is the question for a link address.
 *
 * What else looks like it: a question that came out of the other device, which then was read; and an
 * address that two devices have.
 */
export const macsecQuestionRefused: Rule = {
  id: "R175",
  title: "A question for a link address that macsec refused",
  statement:
    "The next hop does not answer on a macsec device, one watched macsec device alone has its address, no " +
    "question was seen to come out of that one, and a counter of its refused frames rose (R173): " +
    "`macsec-refused`, likely.",
  yields: ["macsec-refused"],
  judge(subject) {
    const { event, node, netns, before } = subject;
    if (event.kind !== "drop" || !isNeighbourFailure(event) || !before) return null;
    const destination = wireDestination(event);
    const [next] = askedHops(subject, lookUpRoute(before, { destination }).route, destination);
    const link = linkOf(before, undefined, next?.device);
    if (!next || link?.kind !== "macsec") return null;
    const hop = next.address;
    const owners = ownersOf(subject.world.network, hop);
    const refused = owners.length === 1 ? refusedBy(owners[0]!) : null;
    if (refused === null) return null;
    const [owner] = owners;
    const there = { ...owner!, device: owner!.link.name, mac: link.mac ?? "" };
    if (wasAsked(subject.evidence, hop, there)) return null;
    const asked = timesAsked(subject.evidence, hop, { node, netns, at: event.at }, link.mac);
    const gateway = hop === destination ? "" : `, the next hop to ${destination},`;
    return cause(
      "macsec-refused",
      "likely",
      `${hop}${gateway} did not answer on ${
        placeOf(node, netns, link.name)
      }: it is at ${refused.where}, which ${refused.text}`,
      [
        eventEvidence(subject),
        {
          node: node.name,
          kind: "event",
          text: `${hop} was asked for ${
            timesText(asked)
          }, and no question was seen to come out of ${refused.where}`,
        },
        ...refused.evidence,
      ],
      command(owner!.node, owner!.netns, [
        "ip",
        "-s",
        "macsec",
        "show",
        device(owner!.link.name),
      ]),
    );
  },
};
