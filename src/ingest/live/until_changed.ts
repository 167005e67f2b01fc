/** Waits for a report to change: who asks once and wants one answer has no use for a stream. */
import { readServerSentEvents } from "../../event/sse.ts";
import type { Clock } from "../clock.ts";

/** Events after which the report is another one. */
const CHANGES = new Set(["report", "summary", "end"]);

/**
 * Asks `isEnough` after each change that `stream` tells, the first at once: so nothing is missed
 * between an earlier look and the stream's beginning. Ends when it is enough, when the stream ends,
 * when who waits has `left` and after `forMs`. Throws what reading the stream throws.
 */
export async function untilChanged(
  stream: ReadableStream<Uint8Array<ArrayBuffer>>,
  { clock, forMs, left }: { clock: Clock; forMs: number; left: AbortSignal },
  isEnough: () => Promise<boolean>,
): Promise<void> {
  const late = new AbortController();
  const end = () => late.abort();
  const cancel = clock.after(forMs, end);
  left.addEventListener("abort", end);
  if (left.aborted) end();
  const passed = new TransformStream<Uint8Array<ArrayBuffer>, Uint8Array<ArrayBuffer>>();
  // Its end by the time that is up is no failure; any other shows where it is read.
  const piped = stream.pipeTo(passed.writable, { signal: late.signal }).catch(() => {});
  try {
    for await (const { event } of readServerSentEvents(passed.readable)) {
      if (CHANGES.has(event) && await isEnough()) return;
    }
  } catch (error) {
    if (!late.signal.aborted) throw error;
  } finally {
    cancel();
    left.removeEventListener("abort", end);
    end();
    await piped;
  }
}
