/** Copies that Open vSwitch gives to whom a packet is not for, and packets of which there is no other. */
import { sendsAloneTo } from "../../event/openvswitch_actions.ts";
import type { Step } from "../correlate/steps.ts";
import { isAnothersFrame } from "../kernel/frees.ts";
import { drops, flowsThatFit } from "../view/datapath_flows.ts";
import { mirrorDevices, ownDevices } from "../view/mirrors.ts";
import { stateAfter, stateAt } from "../view/state_view.ts";
import type { Sighting } from "../view/timeline.ts";
import { frameMac } from "./unwatched_host.ts";

/**
 * [O4] The step by which the copy left Open vSwitch for a mirror: whoever is there looks at it, and is
 * not whom it is for. Null where it took no such way.
 */
export const toMirror = (last: Step): Step | null =>
  enteredBy(last, (event) => mirrorDevices(tellingState(event)));

/** The copy went no further than a bridge's own device, which freed it as another host's. */
function toOwnDevice(last: Step): Step | null {
  if (!isAnothersFrame(last.event)) return null;
  const mac = frameMac(last);
  const sent = enteredBy(last, (event) => ownDevices(tellingState(event), mac));
  return sent?.event.device === last.event.device ? sent : null;
}

/** The last step at one of these devices that follows one at another device of the same namespace. */
function enteredBy(last: Step, devices: (event: Sighting) => ReadonlySet<string>): Step | null {
  for (let at: Step | null = last; at; at = at.previous) {
    const { event, previous } = at;
    const came = previous?.event;
    if (!came || came.node !== event.node || came.netns !== event.netns) continue;
    if (event.device === undefined || event.device === came.device) continue;
    if (devices(event).has(event.device)) return at;
  }
  return null;
}

/** The reading before, or the next one where that does not tell of Open vSwitch. */
function tellingState({ node, netns, at }: Sighting) {
  const before = stateAt(node, netns, at);
  return before?.openvswitch ? before : stateAfter(node, netns, at);
}

/**
 * [O4] Where the datapath's flows that the packet fits send to mirrors and bridges' own devices alone, or
 * nowhere, it ended where it came in. Null where no flow tells, or another one may have been met.
 */
export function endedAside(last: Step): { step: Step } | null {
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
  return ends ? { step: came } : null;
}
