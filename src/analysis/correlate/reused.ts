/** Memory that is another packet's by now, though no event told that it was freed. Rules C2, C6. */
import type { Sighting } from "../view/timeline.ts";

/**
 * Copies of one packet come to the same point within this time, ns: what netem or tc doubled, a frame
 * that circles because bridges form a ring. 65,536 packets of one socket take longer.
 */
export const COPY_LAG_NS = 20e6;

/**
 * A drop is told where the packet that had its memory before can't be any more: in another namespace than
 * the one that received it last, or at the device that this namespace received it from, though another
 * device has sent it on. It is of another packet where the first is later than a copy lags; and where the
 * packet was there and has left it, in the same skb, which comes back only by another hop, or by a route,
 * which makes no copies; where it was sent with a lower TTL in another namespace; and where it is in another
 * frame than that device has sent, though no router lowered its TTL. Where only some packets are told the
 * drop is, and where its packet was before, and that the memory was freed meanwhile, may not be. `before`:
 * the last hop that had the same memory; `there`: the first one in the drop's namespace.
 */
export function isDropOfAnother(
  event: Sighting,
  before: Sighting,
  there: () => Sighting | undefined,
): boolean {
  if (event.kind !== "drop" || event.netns === undefined || before.netns === undefined) {
    return false;
  }
  if (event.netns === before.netns) return isSentOn(event, before, there);
  if (isRoutedSince(event, before)) return true;
  if (!isForItsHost(before)) return false;
  if (event.at >= before.at + COPY_LAG_NS && event.node.sampled.length > 0) return true;
  const first = there();
  return first !== undefined && (event.skb === before.skb || isRouted(first, before));
}

/** What was sent with a lower TTL in another namespace has passed a router since it could have died here. */
const isRoutedSince = (event: Sighting, sent: Sighting): boolean =>
  sent.kind === "device-tx" && event.tunnelKind === undefined && isRouted(event, sent);

/** With a lower TTL it came round. */
function isSentOn(event: Sighting, before: Sighting, there: () => Sighting | undefined): boolean {
  if (before.kind !== "device-tx" || before.tunnelKind !== undefined) return false;
  if ((event.ttl ?? Infinity) < (before.ttl ?? 0)) return false;
  if (event.ifindex === before.ifindex) return isOfAnotherFrame(event, before);
  const first = there();
  return first !== undefined && isForItsHost(first) && first.ifindex === event.ifindex &&
    first.tunnelKind === undefined && (event.skb === before.skb || isRouted(first, before));
}

/**
 * It is in another frame than the one that a device sent, though no router lowered its TTL: what bridges bring
 * back is the frame that was sent, and what no device has sent yet has the one that it came in. What a tunnel
 * brings back has a frame of its own.
 */
export const isOfAnotherFrame = (event: Sighting, sent: Sighting): boolean =>
  sent.kind === "device-tx" && sent.tunnelKind === undefined && event.tunnelKind === undefined &&
  sent.ttl !== undefined && event.ttl !== undefined && event.ttl >= sent.ttl &&
  sent.destinationMac !== undefined && event.destinationMac !== undefined &&
  (event.destinationMac !== sent.destinationMac || event.sourceMac !== sent.sourceMac);

const isRouted = (first: Sighting, later: Sighting) =>
  first.tunnelKind === undefined && later.tunnelKind === undefined &&
  first.ttl !== undefined && later.ttl !== undefined && later.ttl < first.ttl;

/** The namespace has it, and not only a copy for another host. */
export const isForItsHost = ({ kind, packetType }: Sighting) =>
  kind === "device-rx" && packetType === "host";
