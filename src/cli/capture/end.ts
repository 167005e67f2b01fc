/** What ends a trace: its time, a signal, a bpftrace that is gone, an ingest that refuses. */
import process from "node:process";
import type { LasthopError } from "../../event/error.ts";

const SIGNALS = ["SIGINT", "SIGTERM", "SIGHUP"] as const;

/** Why a trace ended. */
export type End =
  | { by: "time" }
  | { by: "signal"; signal: Deno.Signal }
  /** Nobody holds the tether any more. */
  | { by: "tether"; why: string }
  /** `fatal`: there is nothing to report. Else what was seen before the failure is reported. */
  | { by: "failure"; failure: LasthopError; fatal: boolean };

/** The end of a trace: the first of several possible reasons ends it. */
export interface Ending {
  /** Resolves once, with the first reason. */
  ended: Promise<End>;
  /** Everything is attached: `seconds` from now the trace ends by itself. */
  startTime(seconds: number | undefined): void;
  /** Ends the trace because of a failure. */
  failed(failure: LasthopError, options: { fatal: boolean }): void;
  /** Ends the trace because whoever started it is gone, or asked for its end in this way. */
  letGo(why: string): void;
  /** Stops listening to signals. */
  close(): void;
}

/**
 * Listens to signals until it is closed. `onImpatience` is called at the second signal: the user
 * does not want to wait, and the caller ends this process at once. The listeners are Node's, not
 * Deno's: where execa sees none of Node's, it takes the signal for the end of this process, kills
 * bpftrace and raises the signal again.
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
    letGo: (why) => resolve({ by: "tether", why }),
    failed: (failure, { fatal }) => resolve({ by: "failure", failure, fatal }),
    close() {
      clearTimeout(timer);
      for (const { signal, listener } of listeners) process.off(signal, listener);
    },
  };
}
