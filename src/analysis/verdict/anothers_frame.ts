/** Frames that were freed as another host's, where a probed node has their link address. Rule O4. */
import { leadsTo } from "../correlate/flood.ts";
import type { Step } from "../correlate/steps.ts";
import { isAnothersFrame } from "../kernel/frees.ts";
import { ownMacAt } from "../view/bridge_own.ts";
import { holdersOfMac } from "../view/state_view.ts";
import type { Sighting } from "../view/timeline.ts";
import type { End } from "./ends.ts";
import type { World } from "./judgement.ts";
import { lastTransmission, transmissionTo } from "./unwatched_host.ts";

/**
 * Another probed node has the frame's MAC, and a host without a probe sent the frame: the first that sent
 * it, or a router, to whom another frame went. What came in a tunnel was sent where it went in.
 */
export function isAtAnotherNode({ event, previous }: Step, world: World): boolean {
  if (!isHeldElsewhere(event, world)) return false;
  const sent = lastTransmission(previous)?.event;
  return sent === undefined || (sent.node !== event.node && sent.tunnelKind === undefined &&
    sent.destinationMac !== undefined && sent.destinationMac !== event.destinationMac);
}

/** [O40] What a bridge took for its own on the way it sent to nobody. */
const isHeldElsewhere = (event: Sighting, { network }: World): boolean =>
  event.destinationMac !== undefined && ownMacAt(event) === null &&
  holdersOfMac(network, event.destinationMac).some(({ node }) => node !== event.node);

/** The transmission of a frame whose MAC is at another probed node than the one that freed it. */
export function sentToAnother({ step }: End, world: World): Step | null {
  const { event } = step;
  if (!isAnothersFrame(event) || event.destinationMac === undefined) return null;
  if (!isHeldElsewhere(event, world)) return null;
  const sent = transmissionTo(event.destinationMac, step.previous);
  // A cable led this frame here, and nobody else got it.
  return sent && leadsTo(sent.event, event) ? null : sent;
}
