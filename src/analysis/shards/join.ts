/** Puts what the shards gave and the hub's own data together as the input of one report. */
import type { AnalysisInput } from "../view/input.ts";
import type { ToldShard } from "./told_shard.ts";

/**
 * `own` has every header and state of the incident, and the events that belong to no packet.
 * `shards` are all of them, each after it was selected from.
 */
export function joinShards(own: AnalysisInput, shards: readonly ToldShard[]): AnalysisInput {
  return {
    ...own,
    shardPackets: shards.flatMap(({ packets }) => [...packets]),
    withheld: shards.map(({ withheld }) => withheld),
  };
}
