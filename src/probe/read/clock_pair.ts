/** What time of day the node's monotonic clock stands for, from its heartbeat. */

/** One moment by two clocks. */
export interface ClockPair {
  /** CLOCK_MONOTONIC of the node. */
  monotonicNs: bigint;
  /** Milliseconds since 1970, by the clock of this process. */
  wallMs: number;
  /** So far the two may be apart, ms; absent: nobody knows. */
  boundMs?: number;
}

/** `Date.now()` gives whole milliseconds. */
const GRAIN_MS = 1;

/** Both clocks now, by a clock that gives CLOCK_MONOTONIC in ns; undefined where that gives nothing. */
export function pairNow(
  monotonicNs: () => bigint | undefined,
  wallMs: () => number = Date.now,
): ClockPair | undefined {
  const before = monotonicNs();
  const wall = wallMs();
  const after = monotonicNs();
  if (before === undefined || after === undefined) return undefined;
  return {
    monotonicNs: before,
    wallMs: wall,
    boundMs: GRAIN_MS + Math.ceil(Number(after - before) / 1e4) / 100,
  };
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
