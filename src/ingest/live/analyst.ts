/**
 * Who keeps the batches of incidents and makes reports of them: here, or in a thread of its own
 * (`analyst_thread.ts`), so that the thread that answers requests does not wait for an analysis.
 */
import { Analysis, type AnalysisInput } from "../../analysis/mod.ts";
import type { Report } from "../../event/report.ts";
import type { Evicted, Store } from "../stores/store.ts";
import { type GivenBatches, KeptIncidents, type StoredLines } from "./kept.ts";
import { Pace } from "./pace.ts";
import type { Compression } from "./packs.ts";
import { type ReportChange, ReportTeller, spelled, type SpelledReport } from "./spelled.ts";

/** Makes a report: the analysis itself, or what stands for it. */
export type Analyse = (input: AnalysisInput) => Report | Promise<Report>;

/** What a report is made from beside the batches. */
export type Asked = Omit<AnalysisInput, "batches" | "shardPackets" | "withheld"> & {
  /** What this report is known by in `judgedTo`: of a later one no less. */
  mark: number;
  /** Number of the report that the asker has of this incident. */
  since?: number;
  /** It is made ahead: nothing of it is told, and the next one takes what comes after it. */
  isAhead?: boolean;
  /** It is to take no longer than this, ms: flows of which nothing new is expected may wait (rule D10). */
  withinMs?: number | undefined;
};

/** A report that was made. */
export interface Made {
  /** Counts the reports of this analyst, from 1. */
  number: number;
  /** What leads here from the report that the asker has; `whole` where it has none, or another. Ahead: neither. */
  change: ReportChange | null;
  whole: SpelledReport | null;
  /** Some flows are told as they were: another report would tell more. */
  isPostponed: boolean;
  /** The mark of a report: each flow was judged when all that this report was of was known, or later (rule D11). */
  judgedTo: number;
}

/** Keeps batches, makes reports. */
export interface Analyst {
  /** A batch is durable. */
  stored(incident: string, row: number, batch: StoredLines, evicted: Evicted[]): void;
  /** A store threw something away by itself. */
  evicted(incident: string, evicted: Evicted[]): void;
  forget(incident: string): void;
  /** How its reports' texts are compressed; absent: not at all. */
  readonly compression?: Compression;
  /** A report of all that was stored when it was asked for. */
  report(asked: Asked): Promise<Made>;
}

/** What an analyst in this thread needs. */
export interface AnalystOptions {
  store: Pick<Store, "readBatches">;
  /** Events whose analysis is kept, of all incidents beyond the one in use. */
  analysedEventsMax: number;
  analyse?: Analyse | undefined;
}

/** An analysis that goes on. */
interface Grown {
  /** What the batches it knows were given with. */
  lasting: object;
  analysis: Analysis;
  events: number;
  /** By the time that reports have, ms. */
  paces: Map<number, Pace>;
}

/** The pace of reports that have so much time. */
function paceOf({ paces }: Grown, withinMs: number): Pace {
  const pace = paces.get(withinMs) ?? new Pace();
  paces.set(withinMs, pace);
  return pace;
}

type Told = Pick<Made, "number" | "change" | "whole">;

const REPORTS_KEPT_MAX = 32;

/** The analyst in this thread. */
export class LocalAnalyst implements Analyst {
  readonly #kept: KeptIncidents;
  readonly #instead: Analyse | undefined;
  readonly #analysedEventsMax: number;
  /** What was worked out for the report before, by incident; those unused for longest come first. */
  readonly #grown = new Map<string, Grown>();
  /** The last report of each incident, to tell the next from it. */
  #last = new Map<string, { number: number; teller: ReportTeller }>();
  #number = 0;

  constructor({ store, analysedEventsMax, analyse }: AnalystOptions) {
    this.#kept = new KeptIncidents(store);
    this.#analysedEventsMax = analysedEventsMax;
    this.#instead = analyse;
  }

  stored(incident: string, row: number, batch: StoredLines, evicted: Evicted[]): void {
    this.#kept.add(incident, row, batch, evicted);
  }

  evicted(incident: string, evicted: Evicted[]): void {
    this.#kept.evict(incident, evicted);
  }

  forget(incident: string): void {
    this.#kept.forget(incident);
    this.#last.delete(incident);
    this.#grown.delete(incident);
  }

  async report(asked: Asked): Promise<Made> {
    const { mark, since, isAhead, withinMs, ...about } = asked;
    const given = await this.#kept.batches(about.incident);
    const fromMs = performance.now();
    const timedMs = about.closed ? undefined : withinMs;
    const report = await this.#analyse(about, given, mark, timedMs);
    const isPostponed = report.accounting.postponed !== undefined;
    const grown = this.#grown.get(about.incident);
    const judgedTo = grown?.analysis.judgedTo ?? mark;
    const judged = { isPostponed, judgedTo };
    if (isAhead) return { number: this.#number, change: null, whole: null, ...judged };
    const made = { ...this.#tell(about.incident, since, report), ...judged };
    if (timedMs !== undefined && grown) {
      paceOf(grown, timedMs).took(performance.now() - fromMs, timedMs, isPostponed);
    }
    // Its report is the last one. Should somebody ask for it who has not kept it, it is read back.
    if (about.closed) this.forget(about.incident);
    return made;
  }

  /** Nothing is kept of any incident. */
  get isEmpty(): boolean {
    return this.#kept.isEmpty && this.#grown.size === 0;
  }

  #tell(incident: string, since: number | undefined, report: Report): Told {
    const number = ++this.#number;
    const before = this.#last.get(incident);
    const teller = before?.teller ?? new ReportTeller();
    this.#last.delete(incident);
    this.#last.set(incident, { number, teller });
    if (this.#last.size > REPORTS_KEPT_MAX) this.#last.delete(this.#last.keys().next().value!);
    if (before === undefined || before.number !== since) teller.begin(report);
    else {
      const change = teller.next(report);
      if (change !== null) return { number, change, whole: null };
    }
    return { number, change: null, whole: spelled(report) };
  }

  #analyse(
    asked: Omit<Asked, "mark" | "since" | "isAhead" | "withinMs">,
    { batches, lasting }: GivenBatches,
    mark: number,
    withinMs: number | undefined,
  ): Report | Promise<Report> {
    if (this.#instead) return this.#instead({ ...asked, batches });
    const { incident } = asked;
    const known = this.#grown.get(incident);
    const isSame = known?.lasting === lasting;
    const grown = isSame ? known : {
      lasting,
      analysis: new Analysis(),
      events: 0,
      paces: new Map(),
    };
    this.#grown.delete(incident);
    this.#grown.set(incident, grown);
    const report = grown.analysis.report(
      { ...asked, batches },
      withinMs === undefined ? Infinity : paceOf(grown, withinMs).packetsMax,
      mark,
    );
    grown.events = report.accounting.events;
    this.#bound(grown);
    return report;
  }

  #bound(inUse: Grown): void {
    let events = -inUse.events;
    for (const each of this.#grown.values()) events += each.events;
    for (const [incident, each] of this.#grown) {
      if (events <= this.#analysedEventsMax) return;
      if (each === inUse) continue;
      this.#grown.delete(incident);
      events -= each.events;
    }
  }
}
