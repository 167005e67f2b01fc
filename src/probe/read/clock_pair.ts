/** What time of day the node's monotonic clock stands for, from its heartbeat. */

/** One moment by two clocks. */
export interface ClockPair {
  /** CLOCK_MONOTONIC of the node. */
  monotonicNs: bigint;
  /** Milliseconds since 1970, by the clock of this process. */
  wallMs: number;
}

/** Pairs that are kept: two seconds of them. Pairs from before the wall clock was set are wrong. */
const PAIRS_MAX = 20;

/**
 * Pairs of the last ticks. A tick is read some time after it was made, never before, so the pair
 * whose clocks are the least apart is the nearest to the truth.
 */
export class ClockPairs {
  #pairs: ClockPair[] = [];

  add(monotonicNs: bigint, wallMs: number): void {
    this.#pairs.push({ monotonicNs, wallMs });
    if (this.#pairs.length > PAIRS_MAX) this.#pairs.shift();
  }

  best(): ClockPair | undefined {
    const apart = ({ monotonicNs, wallMs }: ClockPair) =>
      wallMs - Number(monotonicNs / 1_000n) / 1e3;
    return this.#pairs.reduce<ClockPair | undefined>(
      (best, pair) => best === undefined || apart(pair) < apart(best) ? pair : best,
      undefined,
    );
  }
}
