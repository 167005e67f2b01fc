/**
 * Room `shards`, after `verdict` and beside `report`, which it does not import.
 *
 * The analysis of an incident that is spread over shards: the same report. Rules D1 to D5.
 */
export type { EventMark } from "../view/growing.ts";
export type { ShardChain, ShardPacket, Withheld } from "../view/input.ts";
export { CountedForms } from "./counted_forms.ts";
export { Heads } from "./heads.ts";
export { joinShards } from "./join.ts";
export { placeKey, shardOf } from "./place.ts";
export { planOf } from "./plan.ts";
export { ShardAnalysis } from "./shard.ts";
export type {
  FlowSummary,
  GoneEvents,
  NodeEvents,
  SelectedChange,
  Selection,
  SelectionChange,
  ShardNews,
  SummaryChange,
} from "./told.ts";
export { ToldShard, type WantedFlows, wantedFlows } from "./told_shard.ts";
