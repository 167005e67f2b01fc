/** A report in two rounds: what the shards found, then the packets the hub must look at itself. */
import { analyse, type AnalysisInput, condense } from "../../analysis/mod.ts";
import { joinShards, planOf, type Selected, type Selection } from "../../analysis/shards/mod.ts";
import type { Report } from "../../event/report.ts";
import { HUB_EVENTS_MAX } from "./env.ts";
import { packetsOfPage } from "./given_lines.ts";
import type { Shards } from "./shards.ts";

/** A shard that restarts between the rounds has forgotten the first; one may be added, too. */
const TRIES_MAX = 5;

export class ShardedReport {
  /** `settled` resolves when every line is in the shard it belongs to. */
  constructor(readonly shards: Shards, readonly settled: () => Promise<void>) {}

  /** `input` has the hub's own events, and every header and state. */
  async make(input: AnalysisInput): Promise<Report> {
    const own = { ...input, batches: condense(input.batches) };
    const heads = JSON.stringify(own.batches.map((batch) => ({ ...batch, events: [] })));
    const { incident, filter, closed, evicted } = input;
    for (let tries = 0; tries < TRIES_MAX; tries++) {
      await this.settled();
      const { epoch } = this.shards.layout;
      await this.shards.tell();
      const judged = await this.shards.judge({ epoch, incident, heads, filter, closed, evicted });
      const summaries = judged.filter((summary) => summary !== null);
      if (summaries.length < judged.length) continue;
      const selection = planOf(summaries, HUB_EVENTS_MAX);
      const parts = await Promise.all(
        summaries.map((_, shard) => this.#selected(shard, selection)),
      );
      if (parts.every((part) => part !== null)) return analyse(joinShards(own, parts));
    }
    throw new Error("Cannot make report: shards restart all the time, must stay up for one report");
  }

  async #selected(shard: number, selection: Selection): Promise<Selected | null> {
    const packets: Selected["packets"] = [];
    for (let page = 0;; page++) {
      const given = await this.shards.select(shard, page === 0 ? selection : null, page);
      if (given === null) return null;
      for (const packet of packetsOfPage(given)) packets.push(packet);
      if (given.last) return { packets, withheld: given.withheld! };
    }
  }
}
