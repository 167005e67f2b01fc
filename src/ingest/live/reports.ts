/**
 * Reports of incidents, computed at most once per change and shared by everyone who asks. A report
 * contains everything that was stored when it was asked for.
 */
import type { SilentNode } from "../../analysis/mod.ts";
import type { Clock } from "../clock.ts";
import type { Incident, Store } from "../stores/store.ts";
import type { Analyst, Asked, Made } from "./analyst.ts";
import type { Compression } from "./packs.ts";
import { ReportText } from "./report_text.ts";
import type { ReportChange } from "./spelled.ts";

/** A report as it was last computed. Its number grows with each computation. */
export interface Computed {
  /** Counts the reports of the analyst. */
  number: number;
  closed: boolean;
  /** Some flows are told as they were: another report would tell more (rule D10). */
  isPostponed: boolean;
  /** What led here from report `since` of the same incident; null: it came whole. */
  change: { since: number; told: ReportChange } | null;
  /** Its text, which becomes that of the next report when that is computed. */
  text: ReportText;
}

interface Entry {
  /** The last change, the last that `computed` took, and the last of the last one that postponed nothing. */
  change: number;
  computed: Computed | null;
  computedChange: number;
  wholeChange: number;
  /** Each flow was judged when all changes up to this one were known, or later. */
  judgedChange: number;
  /** Nodes that were silent when the last report was begun, as text, and whether it is of an open incident. */
  silent: string;
  isOpen: boolean;
  running: Promise<void> | null;
  missing: boolean;
  endedMs: number;
  tookMs: number;
}

/** What reports are made from, and how often. */
export interface ReportsOptions {
  store: Pick<Store, "getIncident">;
  analyst: Pick<Analyst, "report" | "compression">;
  clock: Clock;
  /** Nodes of an incident that are not heard any more. */
  silent?: (incident: string) => SilentNode[];
  /** Shortest time between two computations of one report. */
  recomputeMinMs: number;
  /** A live view rests so many times as long as its last report took, and no longer than this, ms. */
  restTimes: number;
  restMaxMs: number;
  /** A live view's report takes no longer, ms, as far as what is new allows; absent: as long as all of it. */
  liveMs?: number | undefined;
  /** The same while somebody asks for the report. */
  askedMs?: number | undefined;
  /** Somebody waits for each change of this incident. */
  isWatched?: (incident: string) => boolean;
  /** Reports kept in memory. */
  reportsKeptMax: number;
  /** Told of each report, in their order, before anyone has it. */
  onComputed?: (incident: string, computed: Computed, tookMs: number) => void;
}

const NOBODY = "[]";
/** So long who asks for a report waits for one that postpones nothing, ms, whatever comes meanwhile. */
const ALL_MS = 2_000;

/** The reports of all incidents, each computed when it is asked for. */
export class Reports {
  #entries = new Map<string, Entry>();
  /** Counts the changes of all incidents, so that of one that was forgotten none has a number again. */
  #changes = 0;

  constructor(readonly options: ReportsOptions) {}

  /** Something of this incident changed. */
  touch(incident: string): void {
    const entry = this.#entries.get(incident);
    if (entry !== undefined) entry.change = ++this.#changes;
  }

  forget(incident: string): void {
    this.#entries.delete(incident);
  }

  /** How long to wait before a live view asks again: so many times what the last answer took. */
  pauseMs(incident: string): number {
    const entry = this.#entries.get(incident);
    if (entry === undefined || entry.computed === null) return 0;
    return Math.max(0, this.#restMs(entry, this.options.restTimes));
  }

  /** How long the report rests yet, where it is to rest so many times as long as the last one took. */
  #restMs({ computed, endedMs, tookMs }: Entry, times: number): number {
    const { clock, recomputeMinMs, restMaxMs } = this.options;
    // Where more comes than is judged, all that is new would wait for a rest, too, and what waits for longer.
    if (computed?.isPostponed) return endedMs - tookMs + recomputeMinMs - clock.monotonicMs();
    const restMs = Math.min(times * tookMs, restMaxMs);
    return endedMs + Math.max(recomputeMinMs, restMs) - clock.monotonicMs();
  }

  /**
   * The report of all that is stored now; null when there is no such incident. [D11] While somebody watches it
   * is made piece by piece, so that what is new is told meanwhile; where more comes than is judged, flows may be
   * told as they were when something later came, and none as it was before now.
   */
  async get(incident: string): Promise<Computed | null> {
    const { clock, askedMs, isWatched } = this.options;
    const entry = this.#entry(incident);
    const wanted = this.#wanted(incident, entry);
    const allUntilMs = clock.monotonicMs() + ALL_MS;
    const isEnough = () =>
      entry.wholeChange >= wanted ||
      (entry.judgedChange >= wanted && clock.monotonicMs() >= allUntilMs);
    while (!isEnough()) {
      await this.#run(incident, entry, isWatched?.(incident) ? askedMs : undefined);
      if (entry.missing) return null;
    }
    return entry.computed;
  }

  /** The same for a live view, which had rather have what is new soon: flows may be told as they were. */
  async live(incident: string): Promise<Computed | null> {
    const entry = this.#entry(incident);
    const wanted = this.#wanted(incident, entry);
    if (entry.wholeChange >= wanted) return entry.computed;
    do {
      await this.#run(incident, entry, this.options.liveMs);
      if (entry.missing) return null;
    } while (entry.computedChange < wanted);
    return entry.computed;
  }

  /** The last change that a report has to know now. */
  #wanted(incident: string, entry: Entry): number {
    // A report that knows of a silent node changes with time alone. One that is being made of a closed incident
    // does not: whoever asks meanwhile would have another made, and all is forgotten by then.
    if (entry.isOpen && entry.silent !== this.#silentText(incident)) {
      entry.change = ++this.#changes;
    }
    return entry.change;
  }

  #run(incident: string, entry: Entry, withinMs?: number): Promise<void> {
    return entry.running ??= this.#compute(incident, entry, withinMs)
      .finally(() => entry.running = null);
  }

  #entry(incident: string): Entry {
    const entry = this.#entries.get(incident) ?? {
      change: ++this.#changes,
      computed: null,
      computedChange: -1,
      wholeChange: -1,
      judgedChange: -1,
      silent: NOBODY,
      isOpen: false,
      running: null,
      missing: false,
      endedMs: 0,
      tookMs: 0,
    };
    this.#entries.delete(incident);
    this.#entries.set(incident, entry);
    for (const [oldest, { running }] of this.#entries) {
      if (this.#entries.size <= this.options.reportsKeptMax) break;
      if (running === null && oldest !== incident) this.#entries.delete(oldest);
    }
    return entry;
  }

  #silentText(incident: string): string {
    return JSON.stringify(this.options.silent?.(incident) ?? []);
  }

  /** Has all analysed that is stored now, so that the next report takes less. */
  async analyseAhead(id: string): Promise<void> {
    const { store, analyst } = this.options;
    const incident = await store.getIncident(id);
    if (incident === null || incident.closedMs !== null) return;
    await analyst.report({ ...this.#askedOf(incident), mark: this.#changes, isAhead: true });
  }

  #askedOf({ id, filter, closedMs, counters }: Incident): Omit<Asked, "mark"> {
    const { evicted, evictedStates, strayLines } = counters;
    const closed = closedMs !== null;
    const silent = closed ? [] : this.options.silent?.(id) ?? [];
    const told = silent.length === 0 ? {} : { silent };
    return { incident: id, filter, closed, evicted, evictedStates, strayLines, ...told };
  }

  async #compute(id: string, entry: Entry, withinMs?: number): Promise<void> {
    const { store, analyst, clock, onComputed } = this.options;
    if (entry.computed !== null) {
      const restMs = this.#restMs(entry, 1);
      // Of a closed incident there is one more, and somebody waits for it.
      const isOpen = restMs > 0 && (await store.getIncident(id))?.closedMs === null;
      if (isOpen) await wait(restMs, clock);
    }
    const mark = this.#changes;
    const incident = await store.getIncident(id);
    entry.missing = incident === null;
    if (incident === null) {
      if (this.#entries.get(id) === entry) this.#entries.delete(id);
      return;
    }
    const beganMs = clock.monotonicMs();
    const asked = this.#askedOf(incident);
    const { closed, silent = [] } = asked;
    entry.silent = JSON.stringify(silent);
    entry.isOpen = !closed;
    const made = await analyst.report({ ...asked, mark, since: entry.computed?.number, withinMs });
    entry.endedMs = clock.monotonicMs();
    entry.tookMs = entry.endedMs - beganMs;
    const { isPostponed, judgedTo } = made;
    entry.computed = { closed, isPostponed, ...next(entry.computed, made, analyst.compression) };
    entry.computedChange = mark;
    entry.judgedChange = judgedTo;
    if (!isPostponed) entry.wholeChange = mark;
    onComputed?.(id, entry.computed, entry.tookMs);
  }
}

/** The report that was made, of which only what changed may have been told. */
function next(
  before: Computed | null,
  { number, change, whole }: Made,
  compression?: Compression,
) {
  if (whole !== null) return { number, change: null, text: new ReportText(whole, compression) };
  if (before === null || change === null) throw new Error("The analyst told of no report");
  before.text.apply(change);
  return { number, change: { since: before.number, told: change }, text: before.text };
}

function wait(delayMs: number, clock: Clock): Promise<void> {
  if (delayMs <= 0) return Promise.resolve();
  return new Promise((resolve) => clock.after(delayMs, resolve));
}
