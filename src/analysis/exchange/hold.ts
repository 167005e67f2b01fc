/** How long a packet was held inside one node. */
import type { Judgement } from "../verdict/judgement.ts";
import { isUpcall } from "../kernel/openvswitch.ts";
import { leftOutIn } from "../view/coverage.ts";
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
 * The longest wait of a packet between two devices of one node; what a program takes is none. Where
 * runs were left out in between it may have gone out and come back unseen.
 */
export function longestHold(packet: Judgement): Hold | null {
  let longest: Hold | null = null;
  let before: Sighting | null = null;
  for (const { event } of packet.steps) {
    const isDevice = event.kind === "device-tx" || event.kind === "device-rx";
    if (isDevice && before !== null && before.node === event.node) {
      const ns = event.at - before.at;
      const isLonger = longest === null || ns > longest.ns;
      if (isLonger && !leftOutIn(event.node, { node: event.node, from: before.at, to: event.at })) {
        longest = { packet, before, after: event, ns };
      }
    }
    if (isDevice) before = event;
  }
  return longest;
}

/**
 * The longest of these packets' waits; the first of equal ones. Packets that look alike are left out:
 * which sighting is which packet's was decided by their order.
 */
export function longestOf(packets: readonly Judgement[]): Hold | null {
  const alike = new Map<string, number>();
  for (const { packet } of packets) {
    const { invariants } = packet.chains[0]!;
    alike.set(invariants, (alike.get(invariants) ?? 0) + 1);
  }
  let longest: Hold | null = null;
  for (const packet of packets) {
    const { ambiguous, chains } = packet.packet;
    if (ambiguous && (!hasSequence(packet) || alike.get(chains[0]!.invariants)! > 1)) continue;
    const hold = longestHold(packet);
    if (hold && (longest === null || hold.ns > longest.ns)) longest = hold;
  }
  return longest;
}

/** In between the kernel handed the packet to the daemon of Open vSwitch, which gave it back. */
export function wentUp({ packet, before, after }: Hold): boolean {
  return packet.packet.chains.some(({ node, events }) =>
    node === before.node &&
    events.some((event) => isUpcall(event) && event.at >= before.at && event.at <= after.at)
  );
}

/** A TCP segment has numbers of its own, without an IP id, too. */
const hasSequence = ({ steps }: Judgement): boolean => steps[0]!.event.tcpSequence !== undefined;
