/** Puts the shards' answers and the hub's own data together as the input of one report. */
import type { AnalysisInput } from "../view/input.ts";
import type { Selected } from "./summary.ts";

/**
 * `own` has every header and state of the incident, and the events that belong to no packet.
 * `parts` are the shards' answers to one selection.
 */
export function joinShards(own: AnalysisInput, parts: readonly Selected[]): AnalysisInput {
  return {
    ...own,
    shardPackets: parts.flatMap(({ packets }) => packets),
    withheld: parts.map(({ withheld }) => withheld),
  };
}
