/** What the analysis is given: batches as they were acknowledged, in any order. */
import type { BatchHeader } from "../../event/batch.ts";
import type { Event } from "../../event/event.ts";
import type { NetnsState } from "../../event/state.ts";
import type { GivenPacket } from "../shards/given.ts";
import type { Withheld } from "../verdict/withheld.ts";

/** One batch after decoding. `refused` lines were counted by the ingest and are not here. */
export interface Batch {
  header: BatchHeader;
  events: Event[];
  states: NetnsState[];
  refused: number;
  /** How many batches it stands for, itself among them; absent: 1. */
  stands?: number;
}

export interface AnalysisInput {
  incident: string;
  batches: Batch[];
  /** Flows outside it are left out of the report; "" for all. */
  filter: string;
  /** True when no more events will come: nothing is `in-flight` any more. */
  closed: boolean;
  /** Events the store threw away at its limits. */
  evicted: number;
  /** Lines of batches the ingest could not keep, and node states it threw away; absent: none. */
  strayLines?: number;
  evictedStates?: number;
  /** Packets that shards of the incident put together; their events are in no batch. */
  given?: readonly GivenPacket[];
  /** What the shards of an incident kept to themselves, because the report only counts it. */
  withheld?: readonly Withheld[];
}
