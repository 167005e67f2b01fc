/** Devices of one wire that the kernel keeps apart: a macvlan and what it was made on. */
import { askedHops, isUnanswered } from "../shared/asked_hop.ts";
import { isNeighbourFailure } from "../../kernel/neighbours.ts";
import { timesAsked, timesText, wasAsked } from "../../view/evidence.ts";
import { lookUpRoute } from "../../view/routing.ts";
import { DEVICE_SCRIPTS, gapOf, since } from "../../view/coverage.ts";
import { linkOf, ownersOf } from "../../view/state_view.ts";
import type { Case } from "../case.ts";
import { eventEvidence, placeOf, stateEvidence, wireDestination } from "../evidence.ts";
import { cause, type Rule } from "../rule.ts";
import { childrenText, type Device, type Kin, kinOf, modeOf } from "./kin.ts";
import { kinRemedy } from "./kin_remedy.ts";

/**
 * The next hop is on the same wire, and the kernel passes nothing between the two devices.
 *
 * What else looks like it: a question that did arrive there, sent back by the switch (then the answer
 * is missing for another reason); two children in mode bridge; an address that another node has, too.
 */
export const macvlanIsolation: Rule = {
  id: "R78",
  statement:
    "The next hop does not answer, and its address is on the parent or a child (macvlan, ipvlan) of " +
    "the device that asks, or on a macvlan of the same parent of which one is private, or in mode vepa " +
    "(likely), where no question was seen to arrive: `macvlan-isolation`. So is what two of ipvlan ask of each " +
    "other, whose questions arrive, and whose answers do not.",
  yields: ["macvlan-isolation"],
  judge(subject) {
    const { node, netns, event, before } = subject;
    if (netns === undefined || !before || event.tunnelKind !== undefined) return null;
    const destination = wireDestination(event);
    const { route } = lookUpRoute(before, { destination });
    const [next] = askedHops(subject, route, destination);
    const link = linkOf(before, undefined, next?.device);
    if (!next || !link || !isUnresolved(subject, next.address, link.name)) return null;
    const hop = next.address;
    const asking = { node, netns, link };
    const owners = ownersOf(subject.world.network, hop);
    const [owner] = owners;
    const kin = owner && owners.length === 1 ? kinOf(asking, owner) : null;
    if (!kin || !owner) return null;
    const isHeard = wasHeard(subject, hop, asking, owner);
    const keepsAnswers = kin.are === "children" && kin.keepsAnswers;
    if (isHeard && !keepsAnswers) return null;
    const certain = kin.are === "parent-child" || kin.certain;
    // What a switch sends back would have been seen to come.
    if (!certain && gapOf(owner.node, DEVICE_SCRIPTS, since(event)) !== null) return null;
    const asked = timesAsked(subject.evidence, hop, { node, netns, at: event.at }, link.mac);
    const gateway = hop === destination ? "" : `, the next hop to ${destination},`;
    return cause(
      "macvlan-isolation",
      event.kind === "drop" && certain ? "proven" : "likely",
      `${hop}${gateway} did not answer ${placeText(asking)}: it is at ${placeText(owner)}, and ${
        kinText(kin)
      }`,
      [
        eventEvidence(subject),
        ...[asking, owner].map((each) => stateEvidence(each.node, linkText(each))),
        {
          node: node.name,
          kind: "event",
          text: `${hop} was asked for ${timesText(asked)}, and ${
            isHeard ? "the question arrived" : "no question was seen to arrive"
          } at ${placeText(owner)}`,
        },
      ],
      kinRemedy(
        kin,
        hop,
        kin.are === "parent-child" && kin.child.link === link ? event.source : hop,
      ),
    );
  },
};

/** Given up in the resolution of this next hop, or waiting for it. */
function isUnresolved(subject: Case, hop: string, name: string): boolean {
  const { event, judgement } = subject;
  if (event.kind === "drop") return isNeighbourFailure(event);
  if (judgement.end.kind !== "silent" && judgement.end.kind !== "waiting") return false;
  return isUnanswered(subject, hop, name);
}

/** A question of this device came into the other's namespace, by that device. */
const wasHeard = ({ evidence }: Case, hop: string, asking: Device, owner: Device): boolean =>
  wasAsked(evidence, hop, { ...owner, device: owner.link.name, mac: asking.link.mac ?? "" });

const placeText = ({ node, netns, link }: Device) => placeOf(node, netns, link.name);

function linkText(device: Device): string {
  const { kind, addresses, peerIfindex } = device.link;
  const own = modeOf(device.link);
  const mode = own === undefined ? "" : ` in mode ${own}`;
  const on = kind.endsWith("vlan") || kind.endsWith("vtap") ? ` on device ${peerIfindex}` : "";
  const had = addresses.map((each) => `${each.address}/${each.prefix}`).join(", ");
  return `${placeText(device)} (device ${device.link.ifindex}, ${kind}${mode}${on}) has ${
    had || "no address"
  }`;
}

function kinText(kin: Kin): string {
  if (kin.are === "parent-child") {
    const { parent, child } = kin;
    return `${child.link.name} is a ${child.link.kind} on ${parent.link.name}: the kernel passes ` +
      "nothing between such a device and its parent";
  }
  return childrenText(kin);
}
