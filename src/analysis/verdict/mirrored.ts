/** Copies that Open vSwitch makes for a mirror, and packets of which there is no other. Rule O4. */
import type { Step } from "../correlate/steps.ts";
import { sendsAloneTo } from "../../event/openvswitch_actions.ts";
import { drops, flowsThatFit } from "../view/datapath_flows.ts";
import { mirrorDevices } from "../view/mirrors.ts";
import { stateAfter, stateAt } from "../view/state_view.ts";
import type { Sighting } from "../view/timeline.ts";

/**
 * The step by which the copy left Open vSwitch for a mirror: whoever is there looks at it, and is not
 * whom it is for. Null where it took no such way.
 */
export function toMirror(last: Step): Step | null {
  for (let at: Step | null = last; at; at = at.previous) {
    const { event, previous } = at;
    const came = previous?.event;
    if (!came || came.node !== event.node || came.netns !== event.netns) continue;
    if (event.device === undefined || event.device === came.device) continue;
    if (mirrorsAround(event).has(event.device)) return at;
  }
  return null;
}

/** By the reading before, or the next one where that does not tell of Open vSwitch. */
function mirrorsAround({ node, netns, at }: Sighting): ReadonlySet<string> {
  const before = stateAt(node, netns, at);
  return mirrorDevices(before?.openvswitch ? before : stateAfter(node, netns, at));
}

/**
 * [O4] Where the datapath's flows that the packet fits send to mirrors alone, or nowhere, it ended where
 * it came in. Null where no flow tells, or another one may have been met.
 */
export function endedAtMirror(last: Step): { step: Step } | null {
  const sent = toMirror(last);
  const came = sent?.previous;
  if (!sent || !came || came.event.device === undefined) return null;
  const { node, netns, at, device } = came.event;
  const [before, after] = [stateAt(node, netns, at), stateAfter(node, netns, at)];
  const matching = flowsThatFit(
    { event: came.event, device, tunnel: undefined, before, after },
    () => true,
  );
  if (matching === null || !matching.isComplete || matching.flows.length === 0) return null;
  const mirrors = mirrorDevices(matching.state);
  const ends = matching.flows.every((flow) => drops(flow) || sendsAloneTo(flow.actions, mirrors));
  return ends ? { step: came } : null;
}
