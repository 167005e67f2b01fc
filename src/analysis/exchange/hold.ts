/** How long a packet was held inside one node. */
import type { Judgement } from "../verdict/judgement.ts";
import type { Sighting } from "../view/timeline.ts";

/** A packet waited between two sightings on one node: a queue, or a next hop's address. */
export interface Hold {
  packet: Judgement;
  before: Sighting;
  /** Where it went on: it came to, or left by, a device. */
  after: Sighting;
  /** How long, ns. */
  ns: number;
}

/**
 * The longest wait of a packet between two devices of one node. What a program takes until it reads is
 * none. Null for packets of which several look alike: which is which was decided by their order.
 */
export function longestHold(packet: Judgement): Hold | null {
  if (packet.packet.ambiguous) return null;
  let longest: Hold | null = null;
  let before: Sighting | null = null;
  for (const { event } of packet.steps) {
    const isDevice = event.kind === "device-tx" || event.kind === "device-rx";
    if (isDevice && before !== null && before.node === event.node) {
      const ns = event.at - before.at;
      if (longest === null || ns > longest.ns) longest = { packet, before, after: event, ns };
    }
    if (isDevice) before = event;
  }
  return longest;
}

/** The longest of these packets' waits; the first of equal ones. */
export function longestOf(packets: readonly Judgement[]): Hold | null {
  let longest: Hold | null = null;
  for (const packet of packets) {
    const hold = longestHold(packet);
    if (hold && (longest === null || hold.ns > longest.ns)) longest = hold;
  }
  return longest;
}
