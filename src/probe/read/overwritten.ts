/** Hops of told ways that may be missing, as a recorder's ticks count them. Rule O25. */
import type { BatchHeader } from "../../event/batch.ts";

/** Adds up what one bpftrace counts after another: each begins at 0. */
export class Overwritten {
  #total = 0;
  #last: number | undefined;

  /** Counted since this bpftrace began; undefined: it is no recorder. */
  tick(count: number | undefined): void {
    if (count === undefined) return;
    const before = this.#last ?? 0;
    this.#total += count < before ? count : count - before;
    this.#last = count;
  }

  /** As a batch's header tells it; undefined where no tick told that it is a recorder. */
  told(): BatchHeader["recorder"] {
    return this.#last === undefined ? undefined : { overwritten: this.#total };
  }
}
