/** A packet that left what is watched. */
import type { Evidence } from "../../../event/report.ts";
import { deviceEvent } from "../../correlate/steps.ts";
import { holderAt, isOwn } from "../../view/netns_names.ts";
import { ownersOf } from "../../view/state_view.ts";
import type { Sighting } from "../../view/timeline.ts";
import type { Case } from "../case.ts";
import { eventEvidence, place, stateEvidence, wireDestination } from "../evidence.ts";
import { cause, type Rule } from "../rule.ts";

/** Left the last probed device towards what no probe watches. */
export const leftObserved: Rule = {
  id: "R43",
  statement: "Left the last watched device towards what nothing watches: `left-observed-network`.",
  yields: ["left-observed-network"],
  judge(subject) {
    const { judgement } = subject;
    if (
      judgement.end.kind !== "left" || !judgement.beyond || judgement.awaited ||
      judgement.outcome !== "unknown"
    ) {
      return null;
    }
    const sent = deviceEvent(judgement.end.step);
    return cause(
      "left-observed-network",
      "proven",
      `it left ${place(subject)} towards ${wireDestination(sent)}; no probe watches what is beyond`,
      [
        eventEvidence(
          subject,
          sent.destinationMac ? `frame addressed to ${sent.destinationMac}` : undefined,
        ),
        stateEvidence(
          subject.node,
          beyondText(subject, sent),
        ),
        ...podSource(sent),
      ],
    );
  },
};

/** That it has a pod's own address as its source still: an answer needs a way to that, and not to its node. */
function podSource(sent: Sighting): Evidence[] {
  const { node, source, tunnelKind } = sent;
  if (source === undefined || tunnelKind !== undefined || !isOwn(node, sent.netns)) return [];
  const [owner, ...others] = ownersOf([node], source);
  const pod = owner && others.length === 0 && holderAt(node, owner.netns, sent.at).pod;
  if (!pod) return [];
  const text =
    `its source is the address of pod ${pod} still, and not one of ${node.name}: what is ` +
    "beyond can answer only by a way to the pod";
  return [stateEvidence(node, text)];
}

/** That no probe watches whoever got the frame, also where a probed node has the address, too. */
function beyondText({ world }: Case, sent: Sighting): string {
  const to = wireDestination(sent);
  const mac = sent.destinationMac;
  if (mac === undefined) return `no probed node has address ${to}`;
  const isHeld = ownersOf(world.network, to).some(({ node, netns }) =>
    node !== sent.node || netns !== sent.netns
  );
  if (!isHeld) return `no probed node has MAC ${mac} or address ${to}`;
  return `no probed node has MAC ${mac}; ${to} is at a probed node with another`;
}
