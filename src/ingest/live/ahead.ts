/**
 * Analyses that are made before anybody asks, where nobody watches: the report that is asked for in the
 * end takes what came last, and not all of it. Only of an incident that no other one comes between,
 * because the analysis of one makes room for that of the next.
 */
import type { Clock } from "../clock.ts";

/** What analyses ahead are made by. */
export interface AheadOptions {
  clock: Clock;
  /** Its viewers have reports made as it is. */
  isWatched: (incident: string) => boolean;
  /** Analyses all that is stored now. */
  analyse: (incident: string) => Promise<void>;
  /** Events that are kept of an incident at most. */
  eventsMax: number;
}

/** Fewer events than this are analysed in no time when the report is asked for. */
const EVENTS_MIN = 5_000;
/** One of so many events may be left: all flows may have to be judged again for those that come. */
const ONE_OF = 10;
/** It rests so many times as long as it took: it takes half a processor at most, as viewers do. */
const REST_TIMES = 1;

/** The analyses ahead of one ingest. */
export class Ahead {
  #incident = "";
  /** Events that were analysed, and those that came since. */
  #analysed = 0;
  #came = 0;
  #isRunning = false;
  #isOver = false;
  #restsUntilMs = -Infinity;
  #resting: (() => void) | null = null;

  constructor(readonly options: AheadOptions) {}

  /** So many events were stored. */
  note(incident: string, events: number): void {
    if (incident !== this.#incident) {
      this.#incident = incident;
      this.#analysed = 0;
      this.#came = 0;
    }
    this.#came += events;
    this.#next();
  }

  /** A report was made. What came while it was made is taken for a part of it. */
  made(incident: string): void {
    if (incident === this.#incident) this.#took(this.#came);
  }

  close(): void {
    this.#isOver = true;
    this.#resting?.();
  }

  #took(events: number): void {
    this.#analysed = Math.min(this.options.eventsMax, this.#analysed + events);
    this.#came = Math.max(0, this.#came - events);
  }

  #next(): void {
    const { clock, isWatched } = this.options;
    if (this.#isOver || this.#isRunning || this.#resting !== null) return;
    if (this.#came < Math.max(EVENTS_MIN, this.#analysed / ONE_OF)) return;
    if (isWatched(this.#incident)) return;
    const restMs = this.#restsUntilMs - clock.monotonicMs();
    if (restMs <= 0) return void this.#run();
    this.#resting = clock.after(restMs, () => {
      this.#resting = null;
      this.#next();
    });
  }

  async #run(): Promise<void> {
    const { clock, analyse } = this.options;
    const [incident, events] = [this.#incident, this.#came];
    const fromMs = clock.monotonicMs();
    this.#isRunning = true;
    try {
      await analyse(incident);
    } catch {
      // Whoever asks for the report is told.
    } finally {
      const nowMs = clock.monotonicMs();
      this.#restsUntilMs = nowMs + REST_TIMES * (nowMs - fromMs);
      this.#isRunning = false;
    }
    if (incident === this.#incident) this.#took(events);
    this.#next();
  }
}
