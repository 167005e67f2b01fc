/** The last minutes of what a recorder's probe told, bounded in time and in size. */
import type { ProbeBatch } from "../../probe/ship/batcher.ts";
import { Before } from "./before.ts";
import { Series } from "./series.ts";

/** How much is kept. */
export interface WindowBounds {
  keepMs: number;
  /** Characters of lines. What is more goes from the beginning: the window is shorter then. */
  charsMax: number;
}

interface Entry {
  batch: ProbeBatch;
  atMs: number;
  chars: number;
}

/** Batches of the last minutes, and what was so before them. */
export class RecordWindow {
  #entries: Entry[] = [];
  #chars = 0;
  readonly #before = new Before();

  constructor(readonly bounds: WindowBounds) {}

  /** Characters of what is kept. */
  get chars(): number {
    return this.#chars;
  }

  /** `nowMs`: when it came, by a clock that only goes forward. */
  push(batch: ProbeBatch, nowMs: number): void {
    // A header counts too: of a quiet node there is nothing else.
    const chars = batch.lines.reduce((sum, line) => sum + line.length, 1_000);
    this.#entries.push({ batch, atMs: nowMs, chars });
    this.#chars += chars;
    const { keepMs, charsMax } = this.bounds;
    let gone = 0;
    for (const entry of this.#entries) {
      if (entry.atMs >= nowMs - keepMs && this.#chars <= charsMax) break;
      this.#before.note(entry.batch);
      this.#chars -= entry.chars;
      gone += 1;
    }
    if (gone > 0) this.#entries.splice(0, gone);
  }

  /** What came from `fromMs` on, as an incident of its own, and how it goes on. */
  since(fromMs: number, incident: string): { batches: ProbeBatch[]; series: Series } {
    const before = this.#before.copy();
    const first = this.#entries.findIndex(({ atMs }) => atMs >= fromMs);
    const from = first < 0 ? this.#entries.length : first;
    for (const { batch } of this.#entries.slice(0, from)) before.note(batch);
    const series = new Series(incident, before);
    const batches = this.#entries.slice(from).map(({ batch }) => series.told(batch));
    return { batches, series };
  }
}
