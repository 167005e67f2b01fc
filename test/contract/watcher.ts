/** A viewer of a live stream, as contract tests use it. */
import type { Report } from "../../src/event/report.ts";
import type { ReceivedLiveEvent } from "../../src/ingest/client/client_live.ts";
import { applyLive } from "../../src/ingest/live/live_event.ts";
import { clientOf, type Target } from "./target.ts";

export interface WatcherOptions {
  /** Default: "i", with the root token. */
  incident?: string;
  token?: string;
  lastEventId?: string;
  /** Asks for differences of lists. Default: no. */
  differences?: boolean;
}

/** A viewer that folds what it is told into a report. */
export class Watcher {
  readonly events: ReceivedLiveEvent[] = [];
  report: Report | null = null;
  cursor: string | null = null;
  #leave = new AbortController();
  #stream: AsyncGenerator<ReceivedLiveEvent>;

  constructor(target: Target, {
    incident = "i",
    token,
    lastEventId,
    differences = false,
  }: WatcherOptions = {}) {
    const options = {
      signal: this.#leave.signal,
      retryMs: [],
      differences,
      ...(lastEventId && { lastEventId }),
    };
    this.#stream = clientOf(target, token).live(incident, options);
  }

  /** Reads on until the report is as wanted, or the stream is over. */
  async until(enough: (report: Report | null, last: ReceivedLiveEvent) => boolean): Promise<void> {
    for (;;) {
      const { done, value } = await this.#stream.next();
      if (done === true) return;
      this.events.push(value);
      this.report = applyLive(this.report, value);
      this.cursor = value.cursor;
      if (enough(this.report, value)) return;
    }
  }

  /** Until a change that brings the report to this many events. */
  seen(events: number): Promise<void> {
    return this.until((report, { event }) =>
      report?.accounting.events === events && (event === "summary" || event === "report")
    );
  }

  names(): string[] {
    return this.events.map(({ event }) => event);
  }

  async leave(): Promise<void> {
    this.#leave.abort();
    await this.#stream.return(undefined);
  }
}
