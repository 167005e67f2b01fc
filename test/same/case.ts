/** What reports are made from. */
import type { AnalysisInput } from "../../src/analysis/mod.ts";
import type { Entries } from "./entries.ts";

/** How a report was made, and the report. */
export type Made = [how: string, report: unknown];

export interface Case {
  /** The same in both checkouts, and of no other case. */
  name: string;
  reports(): AsyncIterable<Made> | Iterable<Made>;
}

const SHARDS = [1, 2, 8];

/** The report by way of shards, for each number of them. */
export function* onShards(entries: Entries, input: AnalysisInput): Generator<Made> {
  for (const shards of SHARDS) {
    yield [`sharded in ${shards}`, entries.analyseSharded(input, shards).report];
  }
}
