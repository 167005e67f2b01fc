/** The clock as a port: tests hand in one that only moves when told to. */
export interface Clock {
  /** Milliseconds since 1970, for people and for expiry. May step. */
  wallMs(): number;
  /** Milliseconds that only go forward, for intervals. */
  monotonicMs(): number;
  /** Calls `run` once, after `delayMs`. The answer cancels it. */
  after(delayMs: number, run: () => void): () => void;
}

/** The clock of this machine. */
export const systemClock: Clock = {
  wallMs: () => Date.now(),
  monotonicMs: () => performance.now(),
  after(delayMs, run) {
    const timer = setTimeout(run, delayMs);
    return () => clearTimeout(timer);
  },
};
