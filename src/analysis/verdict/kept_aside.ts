/** Packets that Open vSwitch gave to nobody whom they are for. Rule O4. */
import { sendsAloneTo } from "../../event/openvswitch_actions.ts";
import { type Step, stepsTo } from "../correlate/steps.ts";
import { drops, flowsThatFit } from "../view/datapath_flows.ts";
import { mirrorDevices, ownDevices } from "../view/mirrors.ts";
import { stateAfter, stateAt } from "../view/state_view.ts";
import { toMirror, toOwnDevice } from "./asides.ts";
import type { End } from "./ends.ts";
import type { Judgement } from "./judgement.ts";
import { frameMac } from "./unwatched_host.ts";

/** [O4] It was dropped where it came in, unless a copy may have gone another way unseen. */
export function keptAside(end: End): Pick<Judgement, "end" | "steps" | "outcome"> | null {
  const step = endedAside(end.step);
  if (!step) return null;
  return { end: { ...end, kind: "dropped", step }, steps: stepsTo(step), outcome: "dropped" };
}

/**
 * [O4] Where the datapath's flows that the packet fits send to mirrors and bridges' own devices alone, or
 * nowhere, it ended where it came in. Null where no flow tells, or another one may have been met.
 */
function endedAside(last: Step): Step | null {
  const came = (toMirror(last) ?? toOwnDevice(last))?.previous;
  if (!came || came.event.device === undefined) return null;
  const { node, netns, at, device } = came.event;
  const [before, after] = [stateAt(node, netns, at), stateAfter(node, netns, at)];
  const matching = flowsThatFit(
    { event: came.event, device, tunnel: undefined, before, after },
    () => true,
  );
  if (matching === null || !matching.isComplete || matching.flows.length === 0) return null;
  const { state, flows } = matching;
  const aside = new Set([...mirrorDevices(state), ...ownDevices(state, frameMac(came))]);
  const ends = flows.every((flow) => drops(flow) || sendsAloneTo(flow.actions, aside));
  return ends ? came : null;
}
