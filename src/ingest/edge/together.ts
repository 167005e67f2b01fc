/**
 * What comes at about the same time is done in one turn. An object makes durable what one turn wrote in
 * one step, and that step takes its time, on a disk of one's own above all: without this, hundreds of
 * requests a second would wait for hundreds of steps.
 */

/** Least time between two turns, ms: one alone does not wait, and many do not wait for long. */
const PAUSE_MS = 20;

interface Waiting<T, R> {
  item: T;
  resolve: (result: R | Promise<R>) => void;
  reject: (error: unknown) => void;
}

/** Runs a function for many callers in one turn, for each as if it alone had called. */
export class Together<T, R> {
  #waiting: Waiting<T, R>[] = [];
  #ranMs = -Infinity;

  /** Of an asynchronous `run`, what it does before it first waits is in the turn. */
  constructor(readonly run: (item: T) => R | Promise<R>, readonly pauseMs = PAUSE_MS) {}

  /** Resolves and rejects as `run` does. */
  add(item: T): Promise<R> {
    return new Promise((resolve, reject) => {
      this.#waiting.push({ item, resolve, reject });
      if (this.#waiting.length > 1) return;
      const waitMs = this.#ranMs + this.pauseMs - Date.now();
      setTimeout(() => this.#turn(), Math.max(0, Math.min(waitMs, this.pauseMs)));
    });
  }

  #turn(): void {
    const waiting = this.#waiting;
    this.#waiting = [];
    this.#ranMs = Date.now();
    for (const { item, resolve, reject } of waiting) {
      try {
        resolve(this.run(item));
      } catch (error) {
        reject(error);
      }
    }
  }
}
