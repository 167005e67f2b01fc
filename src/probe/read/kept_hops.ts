/** What a recorder's ticks count of the hops that it keeps: those that are missing. Rule O25. */
import type { BatchHeader } from "../../event/batch.ts";

/** Since its bpftrace began. */
export interface MissingHops {
  /** Hops of told ways that later ones took the place of. */
  overwritten: number;
  /** Packets that died and of which no hop was kept, perhaps because their flow was busy. */
  spared: number;
}

/** Adds up what one bpftrace counts after another: each begins at 0. */
export class KeptHops {
  #total: MissingHops = { overwritten: 0, spared: 0 };
  #last: MissingHops | undefined;

  /** Counted since this bpftrace began; undefined: it is no recorder. */
  tick(missing: MissingHops | undefined): void {
    if (missing === undefined) return;
    for (const name of ["overwritten", "spared"] as const) {
      const [count, before] = [missing[name], this.#last?.[name] ?? 0];
      this.#total[name] += count < before ? count : count - before;
    }
    this.#last = missing;
  }

  /** As a batch's header tells it; undefined where no tick told that it is a recorder. */
  told(): BatchHeader["recorder"] {
    return this.#last === undefined ? undefined : { ...this.#total };
  }
}
