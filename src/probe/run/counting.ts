/** The parts of a program that count packets by flow and place. Rule O23. */
import { COUNTERS_MAX } from "../../event/counters_max.ts";
import type { Share } from "./share.ts";

/** An odd number that what makes a flow is multiplied by; nobody who sends knows it. */
export type Mix = bigint;

/**
 * To print and to clear a counter takes 5.6 us of bpftrace 0.17, once a second: so many are half of what it
 * may take of the processor.
 */
export const COUNTERS_PER_PERCENT = 800;

/** bpftrace's own number of places in a map: the program's other maps rely on as many. */
const MAP_KEYS_MIN = 4_096;

/** Counters that each of the two maps has, of which one is written while the other is told; 0: none. */
export const countersOf = ({ cpuPercent, counters }: Share): number =>
  Math.floor(
    counters ?? Math.min(COUNTERS_MAX, Math.max(MAP_KEYS_MIN, cpuPercent * COUNTERS_PER_PERCENT)),
  );

/** Places in each map of a program with so many counters: bpftrace has one number for all of its maps. */
export const mapKeysFor = (counters: number): number => Math.max(MAP_KEYS_MIN, counters);

/** Tells bpftrace the types of the maps that a packet's script reads, before it reads them. */
export const COUNTING_TYPES = `interval:s:3600 { if (nsecs == 0) {
  @counting = (uint64)0; @isRead = (uint64)0; @readings = (uint64)0; @readAt = (uint64)0;
  @waited = (uint64)0;
} }`;

/** Counts the packet at its place: `at` is 1 where a device received it, 2 where it is handed to one. */
export function counting(lib: (name: string) => string, mix: Mix | null, at: string): string {
  if (mix === null) return "";
  const count = lib("count").replaceAll("@at", at).replaceAll("@mix", `(uint64)${mix}`);
  return `${lib("innermost")}\n${count}`;
}

/** A mix by 64 bits of chance. */
export const mixOf = (word: bigint): Mix =>
  // bpftrace reads numbers below 2^63.
  (word >> 2n) | 1n;

/** A mix by chance. */
export const newMix = (): Mix => mixOf(crypto.getRandomValues(new BigUint64Array(1))[0]!);

const WORD = (1n << 64n) - 1n;

/**
 * What `bpf/lib/count.bt` makes of a flow: of the words of its addresses as the kernel loads them, one of
 * IPv4 and four of IPv6, and of a last one with ports, protocol and family.
 */
export function mixed(mix: Mix, words: readonly bigint[]): bigint {
  const step = (sum: bigint, word: bigint) => ((sum + (sum >> 31n)) * mix + word) & WORD;
  const [first = 0n, ...rest] = words;
  return step(rest.reduce(step, first), 0n) >> 12n;
}
