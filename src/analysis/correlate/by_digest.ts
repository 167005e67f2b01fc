/**
 * [C6] Packets that look alike, told apart by their digests: what a secret of a probe makes of the length
 * and the beginning of the payload (O30). So what is different is surely not one packet, and what is the
 * same is one, but for packets with the same payload, of which order decides as ever.
 *
 * What else may make digests differ, and why it is not taken for it:
 * - Probes with secrets of their own, or without: where not every chain that passed a device has a digest by
 *   one secret nothing is told apart so.
 * - Somebody on the way changes what is in packets: then none that was before is seen behind. Places that
 *   no digest ties to all others make it worthless.
 */
import { secretOf } from "../../event/digest.ts";
import { isDeviceKind } from "../../event/kinds.ts";
import { firstAfter } from "../view/indexed.ts";
import type { Sighting } from "../view/timeline.ts";
import type { Chain } from "./chains.ts";
import { Union } from "./union.ts";

/** The digest of a chain, by the first sighting that has one. */
const digestIn = ({ events }: Chain): number | undefined =>
  events.find(({ digest }) => digest !== undefined)?.digest;

/** Members with the same digest, in the order of the first of each; null where digests say nothing. */
export function byDigest(
  chains: readonly Chain[],
  members: readonly number[],
): number[][] | null {
  const digests = new Map<number, number[]>();
  const rest: number[] = [];
  let secret: number | undefined;
  for (const member of members) {
    const chain = chains[member]!;
    const digest = digestIn(chain);
    if (digest === undefined) {
      if (chain.events.some(({ kind }) => isDeviceKind(kind))) return null;
      rest.push(member);
      continue;
    }
    secret ??= secretOf(digest);
    if (secretOf(digest) !== secret) return null;
    const same = digests.get(digest);
    if (same) same.push(member);
    else digests.set(digest, [member]);
  }
  const all = [...digests.values()];
  if (all.length < 2 || !areTied(chains, all)) return null;
  if (rest.length > 0) addByMemory(chains, all, rest);
  return all;
}

/** Each place where any of them was is tied to all others by packets that passed several of them. */
function areTied(chains: readonly Chain[], all: readonly (readonly number[])[]): boolean {
  const numbers = new Map<string, number>();
  const passed = all.map((members) => {
    const places = new Set<number>();
    for (const member of members) {
      for (const event of chains[member]!.events) {
        if (!isDeviceKind(event.kind)) continue;
        const place = `${event.node.name} ${event.netns} ${event.ifindex} ${event.kind}`;
        const number = numbers.get(place) ?? numbers.size;
        numbers.set(place, number);
        places.add(number);
      }
    }
    return [...places];
  });
  const union = new Union(numbers.size);
  for (const [first, ...others] of passed) {
    for (const other of others) union.join(first!, other);
  }
  for (let place = 0; place < numbers.size; place++) if (union.find(place) !== 0) return false;
  return true;
}

/** Adds what no digest is told of to those whose memory it had last; the rest is of its own. */
function addByMemory(chains: readonly Chain[], all: number[][], rest: readonly number[]): void {
  const uses = new Map<string, { at: number; members: number[] }[]>();
  for (const members of all) {
    for (const member of members) {
      for (const event of chains[member]!.events) {
        for (const memory of memoryOf(event)) {
          const list = uses.get(memory);
          if (list) list.push({ at: event.at, members });
          else uses.set(memory, [{ at: event.at, members }]);
        }
      }
    }
  }
  for (const list of uses.values()) list.sort((a, b) => a.at - b.at);
  const others: number[] = [];
  for (const member of rest) {
    const first = chains[member]!.events[0]!;
    const last = memoryOf(first).flatMap((memory) => {
      const list = uses.get(memory) ?? [];
      return list[firstAfter(list, first.at) - 1] ?? [];
    }).sort((a, b) => b.at - a.at)[0];
    (last?.members ?? others).push(member);
  }
  if (others.length > 0) all.push(others);
}

const memoryOf = ({ node, head, skb }: Sighting): string[] =>
  [head, skb].map((address) => `${node.name} ${address}`);
