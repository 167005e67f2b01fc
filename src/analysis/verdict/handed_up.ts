/** What Open vSwitch handed to its daemon or controller, or dropped, and sent to no port. Rule O4. */
import type { Gap } from "../../event/gaps.ts";
import type { Step } from "../correlate/steps.ts";
import { isDoneWithActions } from "../kernel/openvswitch.ts";
import {
  drops,
  endsByController,
  endsDoneWith,
  flowsThatFit,
  isMetered,
  metAlone,
} from "../view/datapath_flows.ts";
import { stateAfter, stateAt } from "../view/state_view.ts";
import { placed } from "../view/placed.ts";
import type { Sighting } from "../view/timeline.ts";

/** It ended there; `isAlone`: it met one flow, which sends no copy anywhere. */
export interface Ended {
  isAlone: boolean;
}

/**
 * [O4] The datapath frees as done with what its last action handed up. It ended there where all flows
 * read after it that it fits end by an ACL of OVN, or for want of TTL, or take samples alone. Else a controller may send it
 * on: a gap. Before Linux 6.7 it frees so what flows or a meter drop, too. Null where the datapath did
 * not free it so, or no flow tells.
 */
export function handedUp(step: Step): Ended | Gap | null {
  const { event } = step;
  if (!isDoneWithActions(event)) return null;
  const netns = event.netns ?? step.previous?.event.netns;
  const { device } = placed(event, step.previous?.event);
  if (device === undefined) return null;
  const { kernel } = event.node.header;
  const matching = flowsThatFit({
    ...{ event, device, tunnel: inTunnel(step) },
    before: stateAt(event.node, netns, event.at),
    after: stateAfter(event.node, netns, event.at),
  }, (flow) => endsDoneWith(flow, kernel));
  if (matching === null || matching.flows.length === 0) return null;
  const { flows, isComplete } = matching;
  if (flows.every((flow) => endsByController(flow) || drops(flow) || isMetered(flow))) {
    const received = receivedBy(step, device);
    const isAlone = received !== undefined && flows.some((flow) => metAlone(flow, received));
    return isComplete ? { isAlone } : null;
  }
  const text = `${event.node.name} handed it to the controller of Open vSwitch, which may answer ` +
    "it, keep it or send it on";
  return { code: "handed-to-controller", text };
}

/** The reception at the port: it tells link addresses, which the free does not. */
function receivedBy(last: Step, device: string): Sighting | undefined {
  for (let at: Step | null = last; at?.event.node === last.event.node; at = at.previous) {
    if (at.event.kind === "device-rx" && at.event.device === device) return at.event;
  }
  return undefined;
}

/** The last sighting on the node that still had a tunnel around it. */
function inTunnel(last: Step): Sighting | undefined {
  for (let at: Step | null = last; at?.event.node === last.event.node; at = at.previous) {
    if (at.event.tunnelId !== undefined) return at.event;
  }
  return undefined;
}
