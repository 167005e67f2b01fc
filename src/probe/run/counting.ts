/** The parts of a program that count packets by flow and place. Rule O23. */

/** An odd number that what makes a flow is multiplied by; nobody who sends knows it. */
export type Mix = bigint;

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

/** A mix by chance. */
export function newMix(): Mix {
  const [word] = crypto.getRandomValues(new BigUint64Array(1));
  // bpftrace reads numbers below 2^63.
  return (word! >> 2n) | 1n;
}

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
