/** Counts as sentences tell them. */

/**
 * A count as a sentence tells it: no more than its first digit, because each one more would change
 * every report that says it.
 */
export function atLeast(count: number): number {
  const step = 10 ** Math.max(0, String(count).length - 1);
  return Math.floor(count / step) * step;
}
