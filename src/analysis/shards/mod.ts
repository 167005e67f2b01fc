/**
 * Room `shards`, after `verdict` and beside `report`, which it does not import.
 *
 * The analysis of an incident that is spread over shards: the same report. Rules D1 to D4.
 */
export type { ShardChain, ShardPacket, Withheld } from "../view/input.ts";
export { placeKey, shardOf } from "./place.ts";
export { planOf } from "./plan.ts";
export { joinShards } from "./join.ts";
export {
  type FlowSummary,
  type JudgedShard,
  judgeShard,
  type Selected,
  type Selection,
  type ShardSummary,
} from "./summary.ts";
