/**
 * What comes at about the same time is done in one turn. An object makes durable what one turn wrote in
 * one step, and that step takes its time, on a disk of one's own above all: without this, hundreds of
 * requests a second would wait for hundreds of steps.
 */

/** Least time between two turns, ms: one alone does not wait, and many do not wait for long. */
const PAUSE_MS = 20;

/** What became of each item, in their order. */
type Outcomes<R> = readonly (R | Promise<R>)[];

interface Waiting<T, R> {
  item: T;
  resolve: (result: R | Promise<R>) => void;
  reject: (error: unknown) => void;
}

/** Runs a function for many callers in one turn. */
export class Together<T, R> {
  #waiting: Waiting<T, R>[] = [];
  #ranMs = -Infinity;
  #pauseMs = PAUSE_MS;

  /**
   * Of an asynchronous `run`, what it does before it first waits is in the turn. `crowdedMs`: the pause
   * after a turn of several, so that more come together; who comes alone again and again is not held up
   * by it.
   */
  constructor(
    readonly run: (items: readonly T[]) => Outcomes<R>,
    readonly crowdedMs = PAUSE_MS,
  ) {}

  /** Resolves and rejects as `run` does; where `run` throws, all of its turn reject. */
  add(item: T): Promise<R> {
    return new Promise((resolve, reject) => {
      this.#waiting.push({ item, resolve, reject });
      if (this.#waiting.length > 1) return;
      const waitMs = this.#ranMs + this.#pauseMs - Date.now();
      setTimeout(() => this.#turn(), Math.max(0, Math.min(waitMs, this.#pauseMs)));
    });
  }

  #turn(): void {
    const waiting = this.#waiting;
    this.#waiting = [];
    this.#ranMs = Date.now();
    this.#pauseMs = waiting.length > 1 ? this.crowdedMs : PAUSE_MS;
    try {
      const outcomes = this.run(waiting.map(({ item }) => item));
      waiting.forEach(({ resolve }, i) => resolve(outcomes[i]!));
    } catch (error) {
      for (const { reject } of waiting) reject(error);
    }
  }
}

/** For each as if it alone had called: what one throws is no matter of the others. */
export const eachAlone = <T, R>(run: (item: T) => R | Promise<R>) => (items: readonly T[]) =>
  items.map((item): R | Promise<R> => {
    try {
      return run(item);
    } catch (error) {
      return Promise.reject(error);
    }
  });
