/** Many calls as one. */

/** How time passes; tests have their own. */
export interface Clock {
  /** Milliseconds, from any beginning. */
  now(): number;
  /** Calls later; what it returns calls that off. */
  later(callee: () => void, ms: number): () => void;
}

/** Time as it passes. */
export const realClock: Clock = {
  now: () => performance.now(),
  later(callee, ms) {
    const timer = setTimeout(callee, ms);
    return () => clearTimeout(timer);
  },
};

/**
 * Calls once for each burst of calls: after `quietMs` without one, and not within `intervalMs` of
 * the last time.
 */
export function debounce(
  callee: () => void,
  quietMs: number,
  intervalMs: number,
  clock: Clock = realClock,
): { call(): void; stop(): void } {
  let callOff: (() => void) | undefined;
  let began = 0;
  let last = -Infinity;
  return {
    call() {
      const now = clock.now();
      if (callOff === undefined) began = now;
      // Changes that never pause must not put the call off for ever.
      else if (now - began > intervalMs) return;
      callOff?.();
      callOff = clock.later(() => {
        callOff = undefined;
        last = clock.now();
        callee();
      }, Math.max(quietMs, last + intervalMs - now));
    },
    stop: () => callOff?.(),
  };
}
