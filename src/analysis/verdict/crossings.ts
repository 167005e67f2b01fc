/**
 * Packets by the way they took from one node's device to another node: which sizes came through and
 * which did not, and whether anything did.
 */
import { deviceEvent } from "../correlate/steps.ts";
import type { Sighting } from "../view/timeline.ts";
import type { Judgement } from "./judgement.ts";
import type { Crossings, Way } from "./ways.ts";

/** All packets of an incident, by the ways they took between its nodes. */
export function crossingsOf(judgements: readonly Judgement[]): Crossings {
  const ways = new Map<string, Way>();
  const tunnels = new Set<string>();
  const wayOf = (key: string) => {
    const known = ways.get(key);
    if (known) return known;
    const way: Way = { lost: [] };
    ways.set(key, way);
    return way;
  };
  for (const judgement of judgements) {
    for (const { sent, received } of crossedBy(judgement)) {
      if (sent.tunnelSource !== undefined) {
        tunnels.add(`${sent.tunnelSource}>${sent.tunnelDestination}`);
      }
      const bytes = bytesOf(sent);
      const way = wayOf(wayKey(sent, received.node.name));
      if (bytes !== null && bytes > (way.passed?.bytes ?? -1)) way.passed = { bytes, sent };
    }
    if (judgement.outcome !== "vanished" || !judgement.awaited) continue;
    const sent = deviceEvent(judgement.end.step);
    const bytes = bytesOf(sent);
    if (bytes === null) continue;
    wayOf(wayKey(sent, judgement.awaited.node.name)).lost.push({ bytes, sent });
  }
  return { ways, tunnels };
}

/**
 * Where a packet was sent by one node and seen at others after it: not only the next, because a packet
 * that is lost between is awaited at its destination, whoever else watches the way.
 */
export function* crossedBy({ steps }: Judgement): Iterable<{ sent: Sighting; received: Sighting }> {
  for (let i = 1; i < steps.length; i++) {
    const [sent, received] = [steps[i - 1]!.event, steps[i]!.event];
    if (sent.node === received.node || sent.kind !== "device-tx") continue;
    yield { sent, received };
    let { node } = received;
    for (const { event } of steps.slice(i + 1)) {
      if (event.node !== node && event.node !== sent.node) yield { sent, received: event };
      ({ node } = event);
    }
  }
}

/** From a device of one node, inside the same tunnel or none, to another node. */
export const wayKey = (sent: Sighting, node: string): string =>
  `${sent.node.name} ${sent.netns} ${sent.ifindex} ${sent.tunnelKind ?? ""} ${
    sent.tunnelDestination ?? sent.destination
  } ${node}`;

/** Null for what tells no size. */
export function bytesOf({ ipLength, payload, gsoSize }: Sighting): number | null {
  if (ipLength === undefined) return null;
  // The device, or the next one, cuts it into segments with as many bytes of data each.
  if (gsoSize && payload !== undefined && payload > gsoSize) return ipLength - payload + gsoSize;
  return ipLength;
}
