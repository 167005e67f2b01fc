/** Link addresses of hosts without a probe, by what probed ones saw of them. Rule O4. */
import { firstFrameFrom } from "../view/frames_from.ts";
import type { Step } from "../correlate/steps.ts";
import { holdersOfMac, ownersOf, stateAfter, stateAt } from "../view/state_view.ts";
import type { NodeView, Sighting } from "../view/timeline.ts";

/**
 * [O4] Whether the frame that this step freed as another host's went to a host without a probe, which
 * was there: no probed device has its MAC, and where the frame was sent or freed, a frame of that MAC
 * came in later, or the kernel has just confirmed that MAC for an address that no probed node has.
 * Frames from before may be of the host that freed this one, when its MAC has changed since. What one
 * node sent to itself is left out: a bridge's table may have led it to a port where that host is not.
 */
export function wentToUnwatchedHost(step: Step, nodes: readonly NodeView[]): boolean {
  const { event, previous } = step;
  const mac = frameMac(step);
  if (mac === undefined || holdersOfMac(nodes, mac).length > 0) return false;
  const sent = transmissionTo(mac, previous)?.event;
  if (sent?.node === event.node) return false;
  const witnesses = sent ? [sent, event] : [event];
  return witnesses.some((witness) => sendsLater(mac, witness) || isConfirmed(mac, witness, nodes));
}

/** The MAC of the frame that brought a packet here, by the last sighting on this node that tells it. */
export function frameMac(step: Step): string | undefined {
  for (let at: Step | null = step; at?.event.node === step.event.node; at = at.previous) {
    if (at.event.destinationMac !== undefined) return at.event.destinationMac;
  }
  return undefined;
}

/** The last transmission at this step or before, on whichever node. */
export function lastTransmission(step: Step | null): Step | null {
  let at = step;
  while (at && at.event.kind !== "device-tx") at = at.previous;
  return at;
}

/** That transmission, when its frame was for the MAC. */
export function transmissionTo(mac: string, step: Step | null): Step | null {
  const last = lastTransmission(step);
  return last?.event.destinationMac === mac ? last : null;
}

/** A frame of the MAC came to the namespace of this event after it. */
function sendsLater(mac: string, { node, netns, at }: Sighting): boolean {
  return firstFrameFrom(mac, node, netns, at) !== undefined;
}

/** The namespace's kernel knows the MAC as another address's, which no probed node has. */
function isConfirmed(mac: string, { node, netns, at }: Sighting, nodes: readonly NodeView[]) {
  return [stateAt(node, netns, at), stateAfter(node, netns, at)].some((state) =>
    state?.neighbours.some((entry) =>
      entry.mac === mac && entry.states.includes("REACHABLE") &&
      ownersOf(nodes, entry.address).length === 0
    )
  );
}
