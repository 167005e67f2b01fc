/// <reference lib="dom" />
/**
 * The live stream of one incident. When it breaks, it is asked for again, for as long as the page is
 * open. It is read with fetch: EventSource can't send an Authorization header.
 */
import { problemOf, request, whyUnanswered } from "./api.ts";
import {
  createSseParser,
  DIFFERENCES_ACCEPT,
  type ReceivedServerSentEvent,
} from "../../event/sse.ts";

/** State of the connection to the live stream. */
export type Connection =
  | { state: "connecting" }
  | { state: "live" }
  /** `why` in plain words. The next attempt is at `retryAtMs`, in milliseconds since 1970. */
  | { state: "disconnected"; why: string; retryAtMs: number }
  | { state: "token-needed"; why: string }
  | { state: "missing"; why: string }
  | { state: "ended" };

/** Which incident to follow, and the callbacks that get its events and connection changes. */
export interface LiveOptions {
  incident: string;
  onConnection(connection: Connection): void;
  /** Takes the events that came in one piece. Returns true when the incident has ended. */
  onEvents(events: ReceivedServerSentEvent[]): boolean;
}

/** The ingest sends a comment every 5 s. When four of them are missing, the connection is dead. */
const SILENCE_MAX_MS = 20_000;
const BACKOFF_MS = [500, 1_000, 2_000, 4_000, 8_000, 15_000];

/** Starts following the incident. Returns what stops it. */
export function follow(options: LiveOptions): () => void {
  const stop = new AbortController();
  run(options, stop.signal);
  return () => stop.abort();
}

async function run(options: LiveOptions, stopped: AbortSignal): Promise<void> {
  let cursor = "";
  let attempt = 0;
  options.onConnection({ state: "connecting" });
  while (!stopped.aborted) {
    const result = await once(options, cursor, stopped, (events) => {
      attempt = 0;
      cursor = events.at(-1)?.id || cursor;
    });
    if (stopped.aborted) return;
    if (result.state !== "disconnected") return options.onConnection(result);
    const waitMs = BACKOFF_MS[Math.min(attempt++, BACKOFF_MS.length - 1)]!;
    options.onConnection({ ...result, retryAtMs: Date.now() + waitMs });
    await until(waitMs, stopped);
  }
}

/** One connection, to its end. */
async function once(
  options: LiveOptions,
  cursor: string,
  stopped: AbortSignal,
  onProgress: (events: ReceivedServerSentEvent[]) => void,
): Promise<Connection> {
  const silence = new AbortController();
  const signal = AbortSignal.any([stopped, silence.signal]);
  let timer: ReturnType<typeof setTimeout> | undefined;
  const heard = () => {
    clearTimeout(timer);
    timer = setTimeout(() => silence.abort(), SILENCE_MAX_MS);
  };
  try {
    heard();
    const headers: Record<string, string> = { accept: DIFFERENCES_ACCEPT };
    if (cursor !== "") headers["last-event-id"] = cursor;
    const path = `/v1/incidents/${encodeURIComponent(options.incident)}/live`;
    const response = await request(path, headers, signal);
    const refusal = await refused(response);
    if (refusal !== null) return refusal;
    options.onConnection({ state: "live" });
    const parse = createSseParser();
    const reader = response.body!.pipeThrough(new TextDecoderStream()).getReader();
    while (true) {
      const { done, value } = await reader.read();
      if (done) return disconnected("the ingest ended the stream");
      heard();
      const events = parse(value);
      if (events.length === 0) continue;
      onProgress(events);
      if (options.onEvents(events)) return { state: "ended" };
    }
  } catch (error) {
    if (silence.signal.aborted) return disconnected("the ingest fell silent");
    return disconnected(whyUnanswered(error));
  } finally {
    clearTimeout(timer);
    silence.abort();
  }
}

async function refused(response: Response): Promise<Connection | null> {
  if (response.ok && response.body !== null) return null;
  const why = await problemOf(response);
  if (response.status === 401 || response.status === 403) return { state: "token-needed", why };
  if (response.status === 404) return { state: "missing", why };
  return disconnected(`the ingest answered ${response.status}: ${why}`);
}

const disconnected = (why: string): Connection => ({ state: "disconnected", why, retryAtMs: 0 });

function until(ms: number, stopped: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const done = () => {
      clearTimeout(timer);
      removeEventListener("online", done);
      stopped.removeEventListener("abort", done);
      resolve();
    };
    const timer = setTimeout(done, ms);
    // The network came back: no need to wait for the timer.
    addEventListener("online", done);
    stopped.addEventListener("abort", done);
  });
}
