/** A frame between two macvlan devices of one parent that only a switch could have brought. */
import { isAnothersFrame } from "../../kernel/frees.ts";
import { holdersOfMac, linkOf, ownersOf, stateAt } from "../../view/state_view.ts";
import { command } from "../command.ts";
import { eventEvidence, placeOf, stateEvidence, wireDestination } from "../evidence.ts";
import { cause, type Rule } from "../rule.ts";
import { device } from "../word.ts";
import { childrenText, kinOf, modeOf } from "./kin.ts";
import { kinRemedy } from "./kin_remedy.ts";

/**
 * The frame went out by the parent, and nothing sent it back.
 *
 * What else looks like it: a switch that sends frames back and lost this one (it would have to be set up
 * so, hence likely); two in mode bridge, which hand frames to each other.
 */
export const macvlanHairpin: Rule = {
  id: "R138",
  title: "Between macvlan or ipvlan devices that are not in mode bridge",
  statement:
    "`vanished`, or freed as another host's by who is on the wire, on its way from a macvlan or ipvlan device to " +
    "another one of the same parent, of which one is in mode private or vepa: `macvlan-isolation`, likely.",
  yields: ["macvlan-isolation"],
  judge(subject) {
    const { judgement, event, world } = subject;
    if (judgement.outcome !== "vanished" && !isAnothersFrame(event)) return null;
    if (event.tunnelKind !== undefined) return null;
    const sent = judgement.steps.map((step) => step.event)
      .find((other) => other.kind === "device-tx" && other.skb === judgement.steps[0]!.event.skb);
    if (sent?.netns === undefined || sent.destinationMac === undefined) return null;
    const { node, netns } = sent;
    const link = linkOf(stateAt(node, netns, sent.at), sent.ifindex, sent.device);
    // All of ipvlan have one link address.
    const [holder, ...others] = link?.ipvlan
      ? ownersOf(world.network, wireDestination(sent))
      : holdersOfMac(world.network, sent.destinationMac);
    if (!link || !holder || others.length > 0) return null;
    const kin = kinOf({ node, netns, link }, holder);
    if (kin?.are !== "children") return null;
    const places = [{ netns, link }, holder];
    const remedy = kinRemedy(kin, event.destination ?? "", undefined);
    return cause(
      "macvlan-isolation",
      "likely",
      `it left ${placeOf(node, netns, link.name)} for ${
        placeOf(node, holder.netns, holder.link.name)
      } and did not come back: ${childrenText(kin)}`,
      [
        eventEvidence(subject),
        ...places.map(({ netns: at, link: own }) =>
          stateEvidence(
            node,
            `${placeOf(node, at, own.name)} is ${own.ipvlan ? "an" : "a"} ${own.kind} in mode ${
              modeOf(own)
            }`,
          )
        ),
      ],
      remedy.length > 0
        ? remedy
        : command(node, netns, ["ip", "-d", "link", "show", "dev", device(link.name)]),
    );
  },
};
