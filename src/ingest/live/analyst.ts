/**
 * Who keeps the batches of incidents and makes reports of them: here, or in a thread of its own
 * (`analyst_thread.ts`), so that the thread that answers requests does not wait for an analysis.
 */
import { analyse, Analysis, type AnalysisInput } from "../../analysis/mod.ts";
import type { Report } from "../../event/report.ts";
import type { Evicted, Store } from "../stores/store.ts";
import { KeptIncidents, type Packing, type StoredLines } from "./kept.ts";
import { type ReportChange, ReportTeller, spelled, type SpelledReport } from "./spelled.ts";
import { countOfMessages } from "./told.ts";

/** Makes a report: the analysis itself, or what stands for it. */
export type Analyse = (input: AnalysisInput) => Report | Promise<Report>;

/** What a report is made from beside the batches. */
export type Asked = Omit<AnalysisInput, "batches" | "shardPackets" | "withheld"> & {
  /** Number of the report that the asker has of this incident. */
  since?: number;
};

/** A report that was made. */
export interface Made {
  /** Counts the reports of this analyst, from 1. */
  number: number;
  /** What leads here from the report that the asker has; else `whole`: too much did, or it has none. */
  change: ReportChange | null;
  whole: SpelledReport | null;
}

/** Keeps batches, makes reports. */
export interface Analyst {
  /** A batch is durable. */
  stored(incident: string, row: number, batch: StoredLines, evicted: Evicted[]): void;
  /** A store threw something away by itself. */
  evicted(incident: string, evicted: Evicted[]): void;
  forget(incident: string): void;
  /** A report of all that was stored when it was asked for. */
  report(asked: Asked): Promise<Made>;
}

/** What an analyst in this thread needs. */
export interface AnalystOptions {
  store: Pick<Store, "readBatches">;
  /** Events kept decoded. */
  decodedEventsMax: number;
  /** With more, a change is no use to anyone who could have the report. */
  changesMax: number;
  analyse?: Analyse | undefined;
  packing?: Packing | undefined;
}

const REPORTS_KEPT_MAX = 32;

/** The analyst in this thread. */
export class LocalAnalyst implements Analyst {
  readonly #kept: KeptIncidents;
  readonly #instead: Analyse | undefined;
  /** What was worked out for the report before, by what its batches were given with. */
  readonly #grown = new WeakMap<object, Analysis>();
  readonly #changesMax: number;
  /** The last report of each incident, to tell the next from it. */
  #last = new Map<string, { number: number; teller: ReportTeller }>();
  #number = 0;

  constructor({ store, decodedEventsMax, changesMax, analyse, packing }: AnalystOptions) {
    this.#kept = new KeptIncidents(store, decodedEventsMax, packing);
    this.#instead = analyse;
    this.#changesMax = changesMax;
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
  }

  async report(asked: Asked): Promise<Made> {
    const { since, ...about } = asked;
    const { batches, lasting } = await this.#kept.batches(about.incident);
    const report = await this.#analyse({ ...about, batches }, lasting);
    return this.#tell(about.incident, since, report);
  }

  #tell(incident: string, since: number | undefined, report: Report): Made {
    const number = ++this.#number;
    const before = this.#last.get(incident);
    const teller = before?.teller ?? new ReportTeller();
    this.#last.delete(incident);
    this.#last.set(incident, { number, teller });
    if (this.#last.size > REPORTS_KEPT_MAX) this.#last.delete(this.#last.keys().next().value!);
    const change = teller.next(report);
    const isWorthIt = change !== null && before?.number === since &&
      countOfMessages(change) <= this.#changesMax;
    if (isWorthIt) return { number, change, whole: null };
    return { number, change: null, whole: spelled(report) };
  }

  #analyse(input: AnalysisInput, lasting: object | null): Report | Promise<Report> {
    if (this.#instead) return this.#instead(input);
    if (lasting === null) return analyse(input);
    const analysis = this.#grown.get(lasting) ?? new Analysis();
    this.#grown.set(lasting, analysis);
    return analysis.report(input);
  }
}
