/** Work that follows a stream and looks at all of a report: no more often than it can afford. */

/** Of the time, so much as this is work: the rest is left to who makes the stream. */
const SHARE = 0.25;

/** Calls that are held back. */
export interface Paced {
  /** Calls now, or after a while with what was given last. */
  call(): void;
  /** Calls now what is held back, if anything is. */
  flush(): void;
}

/** `work` at once where the last time was long enough ago, for how long it took; else later, once. */
export function paced(work: () => void, nowMs: () => number = () => performance.now()): Paced {
  let nextMs = -Infinity;
  let timer: ReturnType<typeof setTimeout> | undefined;
  const run = () => {
    clearTimeout(timer);
    timer = undefined;
    const from = nowMs();
    work();
    const endMs = nowMs();
    nextMs = endMs + (endMs - from) * (1 / SHARE - 1);
  };
  return {
    call() {
      const waitMs = nextMs - nowMs();
      if (waitMs <= 0) run();
      else timer ??= setTimeout(run, waitMs);
    },
    flush() {
      if (timer !== undefined) run();
    },
  };
}
