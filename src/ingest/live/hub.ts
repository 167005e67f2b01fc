/** Fans the changes of incidents out to their viewers. One computation serves all of them. */
import type { Clock } from "../clock.ts";
import { Ahead } from "./ahead.ts";
import { type Analyse, type Analyst, LocalAnalyst } from "./analyst.ts";
import type { StoredLines } from "./kept.ts";
import type { HubFigures } from "../http/metrics.ts";
import { HeldMessages } from "./held.ts";
import type { HubPort, Watching } from "./hub_port.ts";
import type { Limits } from "../limits.ts";
import { LastHeard } from "./last_heard.ts";
import type { TextPieces } from "./packed_texts.ts";
import { liveStream } from "./live_stream.ts";
import { type Computed, Reports } from "./reports.ts";
import type { Evicted, Store } from "../stores/store.ts";
import { type Follower, Topic } from "./topic.ts";
import type { Viewer } from "./viewer.ts";

/** What a hub needs. */
export interface HubOptions {
  store: Pick<Store, "getIncident" | "readBatches">;
  clock: Clock;
  limits: Limits;
  /** Default: one in this thread, which makes reports by `analyse`. */
  analyst?: Analyst | undefined;
  /** Default: the analysis. */
  analyse?: Analyse | undefined;
  /** Analyses also while nobody watches, so that the last report takes no longer than any (`ahead.ts`). */
  isAhead?: boolean | undefined;
  /** Told of failures that no request can be told of. */
  log?: (line: string) => void;
}

const REPORTS_KEPT_MAX = 32;
/** Where the thread that answers makes the reports, it has most of its time for others. */
const REST_TIMES = 4;
/** A thread of its own has nothing else to do: half of it makes what came appear twice as soon as a fifth. */
const REST_TIMES_APART = 1;
/**
 * Longer it does not rest, ms. While it rests more comes, and where that takes as long again to judge each
 * rest would be longer than the one before.
 */
const REST_MS_MAX_APART = 500;
/**
 * A live view's report is to take no longer there, ms. What came, and what the store threw away, may touch all
 * flows of an incident, which takes many seconds to judge: a new drop would be told after them.
 */
const LIVE_MS_APART = 150;
/** The same while somebody asks for the report, who waits for all that was known then to be judged. */
const ASKED_MS_APART = 500;

/** The hub in this process. */
export class Hub implements HubPort {
  readonly figures: Omit<HubFigures, "heldBytes" | "cutOff"> = {
    viewers: 0,
    missed: 0,
    computations: 0,
    computedMs: 0,
  };
  #topics = new Map<string, Topic>();
  #analyst: Analyst;
  #reports: Reports;
  #ahead: Ahead | null = null;
  #held: HeldMessages;
  #heard: LastHeard;
  /** Part of every cursor, so that a cursor of an earlier run of the ingest is recognised. */
  #epoch = crypto.randomUUID().slice(0, 8);
  #topicsBegun = 0;
  #closed = false;
  /** Viewers whose first report is being computed. */
  #opening = 0;
  /** Viewers of each token, those whose first report is being computed among them. */
  #ofToken = new Map<string, number>();

  constructor(readonly options: HubOptions) {
    const { store, clock, limits, analyse } = options;
    const { analysedEventsMax } = limits;
    this.#analyst = options.analyst ??
      new LocalAnalyst({ store, analysedEventsMax, analyse });
    this.#held = new HeldMessages(limits);
    this.#heard = new LastHeard(clock);
    this.#reports = new Reports({
      store,
      clock,
      analyst: this.#analyst,
      silent: (incident) => this.#heard.silent(incident),
      recomputeMinMs: limits.recomputeMinMs,
      restTimes: options.analyst ? REST_TIMES_APART : REST_TIMES,
      restMaxMs: options.analyst ? REST_MS_MAX_APART : Infinity,
      liveMs: options.analyst ? LIVE_MS_APART : undefined,
      askedMs: options.analyst ? ASKED_MS_APART : undefined,
      isWatched: (incident) => this.#isWatched(incident),
      reportsKeptMax: REPORTS_KEPT_MAX,
      onComputed: (incident, computed, tookMs) => {
        this.figures.computations += 1;
        this.figures.computedMs += tookMs;
        this.#ahead?.made(incident);
        this.#topics.get(incident)?.take(computed);
      },
    });
    if (!options.isAhead) return;
    this.#ahead = new Ahead({
      clock,
      isWatched: (incident) => this.#isWatched(incident),
      analyse: (incident) => this.#reports.analyseAhead(incident),
      eventsMax: limits.store.eventsPerIncidentMax,
    });
  }

  /** A batch is durable. */
  stored(incident: string, row: number, batch: StoredLines, evicted: Evicted[]): void {
    this.#heard.note(incident, batch.header);
    this.#analyst.stored(incident, row, batch, evicted);
    this.#ahead?.note(incident, eventsOf(batch));
    this.changed(incident);
  }

  /** A store threw something away by itself. */
  evicted(incident: string, evicted: Evicted[]): void {
    this.#analyst.evicted(incident, evicted);
    this.changed(incident);
  }

  /** Anything else of an incident changed: it was closed, or imported. */
  changed(incident: string): void {
    this.#reports.touch(incident);
    this.#topics.get(incident)?.changed();
  }

  async closed(incident: string, archive: string): Promise<void> {
    const topic = this.#topic(incident);
    topic.archive = archive;
    if (topic.viewers === 0) return;
    try {
      await topic.refresh();
    } catch (error) {
      this.options.log?.(`Cannot compute report of ${incident}: ${error}`);
    }
  }

  deleted(incident: string): void {
    this.#analyst.forget(incident);
    this.#heard.forget(incident);
    this.#reports.forget(incident);
    this.#topics.get(incident)?.end("deleted");
    this.#topics.delete(incident);
  }

  /** null when there is no such incident. */
  report(incident: string): Promise<Computed | null> {
    return this.#reports.get(incident);
  }

  async reportJson(incident: string): Promise<string | null> {
    return (await this.report(incident))?.text.json() ?? null;
  }

  async reportPieces(incident: string): Promise<TextPieces | null> {
    return (await this.report(incident))?.text.pieces() ?? null;
  }

  live(
    incident: string,
    cursor: string | null,
    _signal?: () => AbortSignal,
    { token = "", isBrief = false }: Watching = {},
  ) {
    return this.liveUntil(incident, cursor, null, { token, isBrief });
  }

  /** `left` tells that the viewer is gone, where the end of the stream does not. */
  liveUntil(
    incident: string,
    cursor: string | null,
    left: AbortSignal | null,
    { token = "", isBrief = false }: Watching = {},
  ) {
    const { limits, clock, log } = this.options;
    if (this.figures.viewers + this.#opening >= limits.viewersMax) return Promise.resolve(null);
    const ofToken = token === "" ? 0 : this.#ofToken.get(token) ?? 0;
    if (ofToken >= limits.viewersPerTokenMax) return Promise.resolve(null);
    const open = async () => {
      this.#opening += 1;
      this.#count(token, 1);
      let viewer: Viewer | null = null;
      try {
        viewer = await this.watch(incident, cursor, () => this.#count(token, -1), isBrief);
        return viewer;
      } catch (error) {
        // The answer has begun, so nobody else can tell.
        log?.(`Cannot open live stream of ${incident}: ${error}`);
        throw error;
      } finally {
        this.#opening -= 1;
        if (viewer === null) this.#count(token, -1);
      }
    };
    const { heartbeatMs } = limits;
    const held = this.#held;
    return Promise.resolve(liveStream({ open, heartbeatMs, clock, left, held, token }));
  }

  readFigures(): Promise<HubFigures> {
    const { bytes: heldBytes, cutOff } = this.#held;
    return Promise.resolve({ ...this.figures, heldBytes, cutOff });
  }

  /**
   * A new viewer, with what it needs to begin or to go on after `cursor`; null: no incident. `onLeft` is
   * called once, when it leaves. `isBrief`: it asked for differences of lists.
   */
  async watch(
    incident: string,
    cursor: string | null,
    onLeft = () => {},
    isBrief = false,
  ): Promise<Viewer | null> {
    const topic = this.#topic(incident);
    const found = await topic.refresh();
    if (!found) {
      if (this.#topics.get(incident) === topic) this.#topics.delete(incident);
      return null;
    }
    const viewer = topic.join(cursor, onLeft, isBrief);
    if (this.#closed) topic.end("shutdown");
    return viewer;
  }

  /**
   * Tells somebody in this process of each report, as a viewer is, but without its text being made and
   * read again. The answer ends it; null: no incident.
   */
  async follow(incident: string, follower: Follower): Promise<(() => void) | null> {
    const topic = this.#topic(incident);
    return await topic.refresh() ? topic.follow(follower) : null;
  }

  /** Ends all viewers, and every one that still comes. */
  close(): void {
    this.#closed = true;
    this.#ahead?.close();
    for (const topic of this.#topics.values()) topic.end("shutdown");
    this.#topics.clear();
  }

  #isWatched(incident: string): boolean {
    return (this.#topics.get(incident)?.viewers ?? 0) > 0;
  }

  #count(token: string, change: 1 | -1): void {
    const count = (this.#ofToken.get(token) ?? 0) + change;
    if (count === 0) this.#ofToken.delete(token);
    else this.#ofToken.set(token, count);
  }

  #topic(incident: string): Topic {
    const known = this.#topics.get(incident);
    if (known !== undefined) return known;
    for (const [id, { viewers }] of this.#topics) {
      if (this.#topics.size < REPORTS_KEPT_MAX) break;
      if (viewers === 0) this.#topics.delete(id);
    }
    this.#topicsBegun += 1;
    const topic = new Topic({
      incident,
      epoch: `${this.#epoch}.${this.#topicsBegun}`,
      reports: this.#reports,
      clock: this.options.clock,
      limits: this.options.limits,
      figures: this.figures,
      log: (line) => this.#closed || this.options.log?.(line),
    });
    this.#topics.set(incident, topic);
    return topic;
  }
}

const eventsOf = ({ segments }: StoredLines): number =>
  segments.reduce((sum, { tier, lines }) => tier === "state" ? sum : sum + lines, 0);
