/**
 * [O50] Whether what is missing at the second of two places can be packets that were lost, by digests.
 *
 * Each packet adds less than 2^32 to the sum of a place, which is told modulo 2^40. So what is missing of a
 * few packets is less than so many times 2^32. Where it is more, others came to the second place than passed
 * the first: some came twice and as many were lost, or somebody changed what is in them.
 *
 * Probes of before 30 November 2026 summed up 40 bits of each packet, and told of no single packet what it
 * adds: there it is known only where none is missing by number.
 *
 * What else may look so, and why nothing is said of it: packets that passed a place uncounted, readings
 * without a digest, packets that were under way when the time began. It always shows where none
 * is missing by number; with many missing besides, what others add seldom leaves the range of theirs.
 */
import { DIGEST_RANGE, DIGEST_SUM_RANGE } from "../../event/digest.ts";
import type { CountedPlace } from "./parts.ts";
import type { Run, Step } from "./runs.ts";

/** Of a time at whose ends nothing of the epoch was under way, and in which no run was left out. */
export function isOfOthers(
  { first, last }: Run,
  epoch: number,
  steps: readonly Step[],
  [a, b]: readonly [CountedPlace, CountedPlace],
  haveDigests: () => boolean,
): boolean {
  let [lost, digest] = [0, 0];
  for (const { number } of steps.slice(first, last + 1)) {
    for (const [sign, { there }] of [[1, a], [-1, b]] as const) {
      const packets = there.epochs.get(epoch)?.get(number) ?? 0;
      if (packets === 0) continue;
      const own = there.digests.get(epoch)?.get(number);
      if (own === undefined) return false;
      lost += sign * packets;
      digest += sign * own;
    }
  }
  const missing = ((digest % DIGEST_SUM_RANGE) + DIGEST_SUM_RANGE) % DIGEST_SUM_RANGE;
  return lost >= 0 && missing > lost * (DIGEST_RANGE - 1) && (lost === 0 || haveDigests());
}
