/** Places the node's monotonic clock in the day, from its heartbeat. */

export interface ClockPair {
  monotonicNs: bigint;
  wallMs: number;
}

/** A wall clock that is set moves all older pairs: they are forgotten soon. */
const PAIRS_MAX = 20;

/**
 * A tick is read some time after it was made, and never before: of several pairs the one whose
 * clocks are least apart is the nearest to the truth.
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
