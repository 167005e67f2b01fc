/** An incident's live stream with the report it adds up to, across broken connections. */
import { LasthopError } from "../../event/error.ts";
import type { Report } from "../../event/report.ts";
import { type IngestClient, LiveReport, type ReceivedLiveEvent } from "../../ingest/mod.ts";
import { pause } from "../../timers/pause.ts";

/** What changed: an event of the stream, or the connection. */
export type Change =
  /** `report` is put together when it is looked at, as it is then; null until the first one came. */
  | { kind: "live"; live: ReceivedLiveEvent; readonly report: Report | null }
  /** The connection broke, and is asked for again. `why` in plain words. */
  | { kind: "away"; why: string }
  | { kind: "back" };

/** When to stop following, and how long to wait between attempts. */
export interface FollowOptions {
  signal: AbortSignal;
  /** Milliseconds between attempts; the last one repeats. */
  retryMs?: readonly number[];
  /** Asks for differences of lists: false for who passes the events on. */
  differences?: boolean;
}

const RETRY_MS = [250, 500, 1_000, 2_000, 5_000];

/**
 * Follows an incident until it ends or `signal` aborts, over broken connections. Throws what the
 * first attempt threw; later only a refusal that another attempt would not change.
 */
export async function* follow(
  client: Pick<IngestClient, "live">,
  incident: string,
  { signal, retryMs = RETRY_MS, differences = false }: FollowOptions,
): AsyncGenerator<Change> {
  const told = new LiveReport();
  let cursor: string | undefined;
  let away = false;
  let failures = 0;
  for (;;) {
    let why = "the connection ended";
    try {
      const options = {
        signal,
        retryMs: [],
        differences,
        ...cursor === undefined ? {} : lastEventId(cursor),
      };
      for await (const live of client.live(incident, options)) {
        failures = 0;
        cursor = live.cursor ?? cursor;
        if (away) yield { kind: "back" };
        away = false;
        const stopping = live.event === "end" && live.data.reason === "shutdown";
        if (stopping) why = "the ingest is stopping";
        told.take(live);
        if (!stopping) yield liveChange(live, told);
        if (live.event === "end" && !stopping) return;
      }
    } catch (error) {
      if (signal.aborted) return;
      if (cursor === undefined || !mayPass(error)) throw error;
      why = error instanceof Error ? error.message : String(error);
    }
    if (signal.aborted) return;
    if (!away) yield { kind: "away", why };
    away = true;
    await pause(retryMs[Math.min(failures, retryMs.length - 1)] ?? 0, signal);
    failures += 1;
  }
}

const liveChange = (live: ReceivedLiveEvent, told: LiveReport): Change => ({
  kind: "live",
  live,
  get report() {
    return told.report;
  },
});

const lastEventId = (cursor: string) => ({ lastEventId: cursor });

/** Only a refusal by the ingest itself stays: all else may work the next time. */
function mayPass(error: unknown): boolean {
  if (!(error instanceof LasthopError)) return true;
  return error.code === "ingest_unreachable" ||
    (error as LasthopError & { retryable?: boolean }).retryable === true;
}
