/** A shard as its hub asks it for its part of a report, and what the hub knows of it since the last one. */
import { type Heads, ToldShard, type WantedFlows } from "../../analysis/shards/mod.ts";
import { packetsOfPage } from "./given_lines.ts";
import type { Frame, Known } from "./parts.ts";
import type { Shards } from "./shards.ts";

/** The shards, as far as they are asked for reports. */
export type AskedOf = Pick<Shards, "judge" | "select">;

/** What all shards are told for one report. */
export interface Asking extends Pick<Frame, "epoch" | "closed" | "evicted"> {
  heads: Heads;
  /** Heads after the first so many, as JSON. */
  headsAfter: (count: number) => string;
}

/** One shard of an incident. */
export class KnownShard {
  #known: Known | null = null;
  #headsTold = { count: 0, generation: 0 };
  /** All that it said. */
  told = new ToldShard();

  constructor(readonly shards: AskedOf, readonly number: number) {}

  /** Nothing that it said counts any more: it will be told everything. */
  forget(): void {
    this.#known = null;
    this.told = new ToldShard();
  }

  /** First round. False: it is to be asked again, with the layout as it is then. */
  async judge({ heads, headsAfter, ...asking }: Asking): Promise<boolean> {
    const told = this.#headsTold;
    if (told.generation !== heads.generation) this.forget();
    for (;;) {
      const isAll = this.#known === null;
      const { count, generation } = heads;
      const text = headsAfter(isAll ? 0 : told.count);
      const frame = { ...asking, known: this.#known, heads: text };
      const judged = await this.shards.judge(this.number, frame);
      if (judged === null) return false;
      if (judged === "anew") {
        // It was restarted, or begins its analysis anew: a shard that is told everything does not ask for it.
        this.forget();
        if (isAll) return false;
        continue;
      }
      this.#headsTold = { count, generation };
      this.#known = judged.known;
      this.told.summarize(judged.change);
      return true;
    }
  }

  /** Second round. False: it was restarted in between, and the first round is to be made again. */
  async select(wanted: WantedFlows): Promise<boolean> {
    const change = this.told.want(wanted);
    const known = this.#known!;
    const come = [];
    for (let page = 0;; page++) {
      const given = await this.shards.select(this.number, known, page === 0 ? change : null, page);
      if (given === null) {
        this.forget();
        return false;
      }
      for (const packet of packetsOfPage(given)) come.push(packet);
      if (given.rest === null) continue;
      this.told.take({ come, ...given.rest });
      this.#known = { ...known, number: known.number + 1 };
      return true;
    }
  }
}
