/** The report of an incident by way of shards, as the edge makes it, in one process. */
import { analyse, type AnalysisInput, condense } from "../../src/analysis/mod.ts";
import { linesOf } from "../../src/analysis/view/condense.ts";
import { isFirst } from "../../src/analysis/view/distinct.ts";
import { joinShards, judgeShard, planOf, shardOf } from "../../src/analysis/shards/mod.ts";
import type { Event } from "../../src/event/event.ts";

/** Number of the shard of an event, or null for the hub. */
export type Placement = (event: Event, shards: number) => number | null;

export interface ShardOptions {
  placement?: Placement;
  /** Room of the hub. */
  eventsMax?: number;
}

/** The report, and how many of the packets' events the hub looked at. */
export function analyseSharded(
  input: AnalysisInput,
  shards: number,
  { placement = shardOf, eventsMax = Infinity }: ShardOptions = {},
) {
  const at = (shard: number | null): AnalysisInput => ({
    ...input,
    batches: condense(input.batches.map((batch) => ({
      ...batch,
      // A batch may make its states when it is asked for them.
      states: batch.states,
      came: linesOf(batch, isFirst()),
      events: batch.events.filter((event) => placement(event, shards) === shard),
    }))),
  });
  const judged = Array.from({ length: shards }, (_, shard) => judgeShard(at(shard)));
  // As it goes over the wire.
  const summaries = judged.map(({ summary }) => JSON.parse(JSON.stringify(summary)));
  const selection = planOf(summaries, eventsMax);
  const parts = judged.map((shard) => shard.select(selection));
  const chains = parts.flatMap(({ packets }) => packets.flat());
  const sent = chains.reduce((total, { events }) => total + events.length, 0);
  return { report: analyse(joinShards(at(null), parts)), sent };
}
