/** Follows a live stream. After a broken connection it goes on with the event after the last one. */
import { LasthopError } from "../../event/error.ts";
import { DIFFERENCES_ACCEPT, readServerSentEvents } from "../../event/sse.ts";
import type { LiveEvent } from "../live/live_event.ts";
import { pause } from "../../timers/pause.ts";

/** How a live stream is followed. */
export interface LiveOptions {
  signal?: AbortSignal;
  /** Cursor to go on after. */
  lastEventId?: string;
  /** Waits between attempts; the last one repeats. Empty: a broken stream is an error. */
  retryMs?: number[];
  /** Asks for `differences` of lists in place of all nodes and problems: `LiveReport` folds them. */
  differences?: boolean;
}

/** A live event, and the cursor after it; null: the ingest gave none yet. */
export type ReceivedLiveEvent = LiveEvent & { cursor: string | null };

type Open = (headers: HeadersInit, signal: AbortSignal) => Promise<Response>;

const RETRY_MS = [250, 500, 1000, 2000, 5000];

const KNOWN = new Set([
  "hello",
  "report",
  "flow",
  "flow-gone",
  "exchange",
  "exchange-gone",
  "summary",
  "missed",
  "end",
]);

/**
 * Ends in order after `end` for a closed or deleted incident, or when the signal aborts. Throws
 * what the first attempt threw; later ones are repeated while nothing answers.
 */
export async function* followLive(
  open: Open,
  { signal, lastEventId, retryMs = RETRY_MS, differences = false }: LiveOptions,
): AsyncGenerator<ReceivedLiveEvent> {
  const leave = new AbortController();
  const stop = () => leave.abort();
  signal?.addEventListener("abort", stop, { once: true });
  if (signal?.aborted === true) stop();
  let cursor = lastEventId ?? null;
  let failures = 0;
  let connected = false;
  try {
    while (!leave.signal.aborted) {
      try {
        const headers: Record<string, string> = differences ? { accept: DIFFERENCES_ACCEPT } : {};
        if (cursor !== null) headers["last-event-id"] = cursor;
        const response = await open(headers, leave.signal);
        connected = true;
        for await (const received of readServerSentEvents(response.body!)) {
          failures = 0;
          if (!KNOWN.has(received.event)) continue;
          cursor = received.id || cursor;
          const { event, data } = received;
          const live = { event, data: JSON.parse(data), cursor } as ReceivedLiveEvent;
          yield live;
          if (live.event === "end" && live.data.reason !== "shutdown") return;
        }
      } catch (error) {
        if (leave.signal.aborted) return;
        if (!connected || !isTransient(error) || retryMs.length === 0) throw error;
      }
      if (retryMs.length === 0) return;
      await pause(retryMs[Math.min(failures, retryMs.length - 1)]!, leave.signal);
      failures += 1;
    }
  } finally {
    signal?.removeEventListener("abort", stop);
    // Also when the reader of the events simply stopped reading.
    leave.abort();
  }
}

/** A refusal for good (wrong token, no such incident) is not repeated. */
function isTransient(error: unknown): boolean {
  if (!(error instanceof LasthopError)) return true;
  return error.code === "ingest_unreachable" ||
    (error as LasthopError & { retryable?: boolean }).retryable === true;
}
