/** Waiting for a signal that ends a command. */

const SIGNALS = ["SIGINT", "SIGTERM", "SIGHUP"] as const;

/** Resolves at the first SIGINT, SIGTERM or SIGHUP, or when `signal` aborts. */
export function untilSignal(signal?: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const done = () => {
      for (const name of SIGNALS) Deno.removeSignalListener(name, done);
      signal?.removeEventListener("abort", done);
      resolve();
    };
    for (const name of SIGNALS) Deno.addSignalListener(name, done);
    if (signal?.aborted === true) done();
    else signal?.addEventListener("abort", done);
  });
}
