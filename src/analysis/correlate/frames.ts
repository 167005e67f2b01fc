/** Which transmission and which reception are of one frame. Rule C5. */
import type { Sighting } from "../view/timeline.ts";

/** A key: equal for sightings of one frame, as `sameFrame` has it, and for no others. */
export function frameOf(event: Sighting): string {
  const { ttl, tunnelDestination, tunnelTtl, source, destination, destinationMac } = event;
  const outer = tunnelDestination === undefined ? "" : `${tunnelDestination} ${tunnelTtl}`;
  const macs = destinationMac === undefined ? "" : `${destinationMac} ${event.sourceMac}`;
  return `${ttl ?? ""},${outer || tunnelTtl || ""},${source},${destination},${macs}`;
}

/** A frame as it was sent is the one that was received: equal TTLs, outer headers, addresses, MACs. */
export function sameFrame(sent: Sighting, received: Sighting): boolean {
  return sent.ttl === received.ttl && sent.tunnelDestination === received.tunnelDestination &&
    sent.tunnelTtl === received.tunnelTtl && sent.source === received.source &&
    sent.destination === received.destination && sameMacs(sent, received);
}

function sameMacs(sent: Sighting, received: Sighting): boolean {
  const known = sent.destinationMac !== undefined && received.destinationMac !== undefined;
  if (!known) return sent.destinationMac === received.destinationMac;
  return sent.destinationMac === received.destinationMac && sent.sourceMac === received.sourceMac;
}
