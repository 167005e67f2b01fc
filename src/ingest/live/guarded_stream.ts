/** A stream that ends when its reader may no longer read: a live view can last for days. */
import type { Clock } from "../clock.ts";

/** Whether the reader may still read, and how often that is asked. */
export interface Guard {
  allowed: () => Promise<boolean>;
  /** How often that is asked, at most; only when there is something to pass on. */
  everyMs: number;
  clock: Clock;
}

/** The source, until its reader may no longer read. */
export function guardedStream<T>(
  source: ReadableStream<T>,
  { allowed, everyMs, clock }: Guard,
): ReadableStream<T> {
  const reader = source.getReader();
  let askedMs = clock.monotonicMs();
  return new ReadableStream<T>({
    async pull(controller) {
      const { done, value } = await reader.read();
      if (done) return controller.close();
      if (clock.monotonicMs() - askedMs >= everyMs) {
        askedMs = clock.monotonicMs();
        if (!await allowed()) {
          controller.close();
          return await reader.cancel();
        }
      }
      controller.enqueue(value);
    },
    cancel: (reason) => reader.cancel(reason),
  }, { highWaterMark: 0 });
}
