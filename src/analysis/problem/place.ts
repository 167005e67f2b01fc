/** Places where packets die, and what was seen of packets there. */
import type { Packet } from "../correlate/packets.ts";
import { bytesOf } from "../verdict/crossings.ts";
import type { Judgement } from "../verdict/judgement.ts";
import type { NodeView, Sighting } from "../view/timeline.ts";

/** Where packets died, or were last seen. */
export interface Place {
  node: NodeView;
  /** Inode of the network namespace; undefined where the kernel did not say. */
  netns: number | undefined;
}

/** A packet, as far as its sightings are asked for. */
type Seen = Pick<Packet, "chains">;

/** Where the packet was last seen: its node, and the last namespace there that it was seen in. */
export function placeOf({ steps, end }: Judgement): Place {
  const { node, netns } = end.step.event;
  const known = netns ??
    steps.findLast(({ event }) => event.node === node && event.netns !== undefined)?.event.netns;
  return { node, netns: known };
}

/** Whether two places are one. */
export const isAt = (a: Place, b: Place): boolean => a.node === b.node && a.netns === b.netns;

/** When each of these packets was first seen at the place, in the order of time. */
export function timesAt(packets: readonly Seen[], place: Place): number[] {
  const times: number[] = [];
  for (const packet of packets) {
    const event = sightingAt(packet, place);
    if (event) times.push(event.at);
  }
  return times.sort((a, b) => a - b);
}

/** The last sighting of a packet at a place, as `at`; infinitely long ago where it was not. */
export function lastAtPlace({ chains }: Seen, { node, netns }: Place): number {
  let last = -Infinity;
  for (const chain of chains) {
    if (chain.node !== node) continue;
    const event = chain.events.findLast((event) => event.netns === netns);
    if (event && event.at > last) last = event.at;
  }
  return last;
}

/** The first sighting of a packet at a place, of those that `isMeant`. */
export function sightingAt(
  { chains }: Seen,
  { node, netns }: Place,
  isMeant: ((event: Sighting) => boolean) | null = null,
): Sighting | undefined {
  let first: Sighting | undefined;
  for (const chain of chains) {
    if (chain.node !== node) continue;
    for (const event of chain.events) {
      if (event.netns !== netns || (isMeant !== null && !isMeant(event))) continue;
      if (!first || event.at < first.at) first = event;
      break;
    }
  }
  return first;
}

/** Bytes of the packet where it was largest at the place. */
export function largestAt({ chains }: Seen, { node, netns }: Place): number {
  let bytes = 0;
  for (const chain of chains) {
    if (chain.node !== node) continue;
    for (const event of chain.events) {
      if (event.netns === netns) bytes = Math.max(bytes, bytesOf(event) ?? 0);
    }
  }
  return bytes;
}
