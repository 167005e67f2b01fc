/** A report in two rounds: what the shards found, then the packets the hub must look at itself. */
import { analyse, type AnalysisInput, type Batch, condense } from "../../analysis/mod.ts";
import { joinShards, planOf, type Selected, type Selection } from "../../analysis/shards/mod.ts";
import type { Report } from "../../event/report.ts";
import { HUB_EVENTS_MAX } from "./edge_limits.ts";
import { packetsOfPage } from "./given_lines.ts";
import type { HubTable } from "./hub_table.ts";
import type { Shards } from "./shards.ts";

/** A shard that restarts between the rounds has forgotten the first; one may be added, too. */
const TRIES_MAX = 5;

/** What a report waits for. */
export interface Ready {
  /** Resolves when every line is in the shard it belongs to. */
  settled(): Promise<void>;
  /** Resolves when no shard has more than it can judge, and each knows what is acknowledged. */
  fitting(): Promise<void>;
}

/** Makes the reports of one incident. */
export class ShardedReport {
  constructor(readonly table: HubTable, readonly shards: Shards, readonly ready: Ready) {}

  /** `input` has the hub's own events, and every header and state. */
  async make(input: AnalysisInput): Promise<Report> {
    const own = { ...input, batches: condense(input.batches) };
    const heads = JSON.stringify(own.batches.map(headOf));
    const { incident, filter, closed } = input;
    for (let tries = 0; tries < TRIES_MAX; tries++) {
      await this.ready.settled();
      const { epoch } = this.shards.layout;
      await this.ready.fitting();
      // What was evicted to make it fit is no longer what the store said.
      const { evicted } = this.table.incident?.counters ?? input;
      const judged = await this.shards.judge({ epoch, incident, heads, filter, closed, evicted });
      const summaries = judged.filter((summary) => summary !== null);
      if (summaries.length < judged.length) continue;
      const selection = planOf(summaries, HUB_EVENTS_MAX);
      const parts = await Promise.all(
        summaries.map((_, shard) => this.#selected(shard, selection)),
      );
      if (parts.every((part) => part !== null)) {
        return analyse(joinShards({ ...own, evicted }, parts));
      }
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

/** A batch without its events, which are read anew each time they are asked for. */
const headOf = ({ header, states, cluster, refused, came, stands }: Batch): Batch => ({
  ...{ header, states, cluster, refused, came, stands },
  events: [],
});
