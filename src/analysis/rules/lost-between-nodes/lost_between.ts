/** A packet that left one watched device and never came to the next. */
import { deviceEvent } from "../../correlate/steps.ts";
import { holdersOfMac, linkOf, neighbourOf, ownersOf, stateAfter } from "../../view/state_view.ts";
import type { Sighting } from "../../view/timeline.ts";
import type { Case } from "../case.ts";
import { eventEvidence, place, placeOf, stateEvidence, wireDestination } from "../evidence.ts";
import { cause, type Rule } from "../rule.ts";
import { encapsulation } from "../shared/encapsulation.ts";

/** Left one watched node and never arrived at the other, both watched without loss. */
export const lostBetween: Rule = {
  id: "R42",
  statement: "`vanished` between two covered places: `lost-between-nodes`.",
  yields: ["lost-between-nodes"],
  judge(subject) {
    const { judgement } = subject;
    if (judgement.outcome !== "vanished" || !judgement.awaited) return null;
    const { awaited } = judgement;
    const there = placeOf(awaited.node, awaited.netns, awaited.link.name);
    const sent = deviceEvent(judgement.end.step);
    const direct = sent.destinationMac !== undefined &&
      sent.destinationMac === awaited.link.mac;
    const between = direct ? "" : `; ${betweenText(subject, sent)}`;
    return cause(
      "lost-between-nodes",
      direct ? "proven" : "likely",
      `it left ${place(subject)} for ${there} and never arrived${between}`,
      [
        eventEvidence(
          subject,
          sent.destinationMac ? `frame addressed to ${sent.destinationMac}` : undefined,
        ),
        stateEvidence(
          awaited.node,
          `${there} ${direct ? `has MAC ${awaited.link.mac}` : `has ${wireDestination(sent)}`}`,
        ),
        ...chosenRightly(subject, sent),
        ...linkFaults(subject),
      ],
    );
  },
};

/** What the frame was given to, which may be watched as well as not. */
function betweenText({ world }: Case, { destinationMac }: Sighting): string {
  if (destinationMac === undefined) return "what lies between was not seen";
  const [holder] = holdersOfMac(world.network, destinationMac);
  if (!holder) return "no watched device has the link address that its frame went to";
  return `its frame went to ${
    placeOf(holder.node, holder.netns, holder.link.name)
  }, which lies between, and was not seen there`;
}

/** The entry that chose the other tunnel end is right: nothing there is to be changed. */
function chosenRightly(subject: Case, sent: Sighting) {
  const way = encapsulation(subject);
  if (!way || sent.tunnelKind === undefined) return [];
  const owner = ownersOf(subject.world.network, way.destination)[0];
  if (!owner) return [];
  const entry = neighbourOf(sent.node, sent.netns, way.destination, sent.device);
  const answered = entry?.mac !== undefined && entry.mac === owner.link.mac
    ? `, and its link address is known at ${sent.node.name} (${entry.mac} ${
      entry.states.join(" ")
    })`
    : "";
  const chosen = way.entry ? `the fdb entry for ${way.entry.mac}` : "the tunnel's remote";
  return [stateEvidence(
    owner.node,
    `${chosen} is right: ${
      placeOf(owner.node, owner.netns, owner.link.name)
    } has ${way.destination}${answered}`,
  )];
}

function linkFaults(subject: Case) {
  const { awaited } = subject.judgement;
  if (!awaited) return [];
  const link = linkOf(stateAfter(awaited.node, awaited.netns, 0), awaited.link.ifindex);
  if (!link || link.flags.includes("LOWER_UP")) return [];
  return [stateEvidence(awaited.node, `${link.name}: state ${link.operstate}`)];
}
