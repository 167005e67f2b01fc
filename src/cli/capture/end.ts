/** What ends a trace: its time, a signal, a bpftrace that is gone, an ingest that refuses. */
import process from "node:process";
import type { LasthopError } from "../../event/error.ts";

const SIGNALS = ["SIGINT", "SIGTERM", "SIGHUP"] as const;

export type End =
  | { by: "time" }
  | { by: "signal"; signal: Deno.Signal }
  /** `fatal`: nothing can come of it. Else what was seen before is reported. */
  | { by: "failure"; failure: LasthopError; fatal: boolean };

export interface Ending {
  /** Resolves once, with the first of them. */
  ended: Promise<End>;
  /** The time runs from here: everything is attached. */
  startTime(seconds: number | undefined): void;
  failed(failure: LasthopError, options: { fatal: boolean }): void;
  /** Stops listening to signals. */
  close(): void;
}

/**
 * A second signal means that somebody will not wait: then this process ends at once.
 *
 * The listeners are Node's, not Deno's: where execa sees none of Node's, it takes the signal for
 * the end of this process, kills bpftrace and raises the signal again.
 */
export function createEnding(onImpatience: () => void): Ending {
  const { promise, resolve } = Promise.withResolvers<End>();
  let signals = 0;
  let timer: ReturnType<typeof setTimeout> | undefined;
  const listeners = SIGNALS.map((signal) => {
    const listener = () => {
      signals += 1;
      if (signals > 1) onImpatience();
      resolve({ by: "signal", signal });
    };
    process.on(signal, listener);
    return { signal, listener };
  });
  return {
    ended: promise,
    startTime(seconds) {
      if (seconds !== undefined) timer = setTimeout(() => resolve({ by: "time" }), seconds * 1_000);
    },
    failed: (failure, { fatal }) => resolve({ by: "failure", failure, fatal }),
    close() {
      clearTimeout(timer);
      for (const { signal, listener } of listeners) process.off(signal, listener);
    },
  };
}
