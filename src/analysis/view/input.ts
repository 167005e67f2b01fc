/** What the analysis is given: batches as they were acknowledged, in any order. */
import type { BatchHeader } from "../../event/batch.ts";
import type { ClusterState } from "../../event/cluster/state.ts";
import type { Event } from "../../event/event.ts";
import type { PacketCounts } from "../../event/report.ts";
import type { NetnsState } from "../../event/state.ts";
import type { Gone } from "./gone.ts";
import type { Rate } from "./rate.ts";

/** One batch after decoding. */
export interface Batch {
  header: BatchHeader;
  events: Event[];
  /** The blocks that these are read from, where they are kept so: then `events` makes objects each time. */
  rows?: readonly Uint8Array[];
  states: NetnsState[];
  /** What a cluster's API told; absent: nothing. */
  cluster?: ClusterState[];
  /** Lines of the batch that the ingest refused: it counted them and did not keep them. */
  refused: number;
  /** Event lines that came with the batches it stands for; absent: as its header or `events` say. */
  came?: number;
  /** What the store threw away of it; absent: nothing that is known. */
  gone?: Gone;
  /** How many batches it stands for, itself among them; absent: 1. */
  stands?: number;
}

/** A node of which no batch comes any more, although its probe did not say that it ends. */
export interface SilentNode {
  node: string;
  /** When its last batch came, ms since 1970, by the clock of the ingest. */
  heardMs: number;
}

/** All that one report is made from. */
export interface AnalysisInput {
  incident: string;
  batches: Batch[];
  /** Flows outside it are left out of the report; "": what its probes were asked for. */
  filter: string;
  /** True when no more events will come: nothing is `in-flight` any more. */
  closed: boolean;
  /** Events the store threw away at its limits. */
  evicted: number;
  /** Lines of batches that the ingest could not keep; absent: none. */
  strayLines?: number;
  /** Node states that the store threw away; absent: none. */
  evictedStates?: number;
  /** Nodes that are not heard any more, as whoever asks knows by a clock of its own; absent: none. */
  silent?: readonly SilentNode[];
  /** Packets that shards of the incident put together; their events are in no batch. */
  shardPackets?: readonly ShardPacket[];
  /** Counts of packets that the shards did not send, because the report only counts them. */
  withheld?: readonly Withheld[];
}

/** A chain of a `ShardPacket`: what one skb did on one node. JSON. */
export interface ShardChain {
  node: string;
  /** In the order of the node's clock; at least one. */
  events: Event[];
  /** Its packet is one of several that look alike, by C10, which asks for all of them. */
  repeated?: true;
}

/**
 * A packet that a shard put together and gives to the hub: which sightings are one packet was
 * decided where all that could be meant were known, and is not decided again among a part of them.
 */
export type ShardPacket = ShardChain[];

/**
 * What a report counts without looking at it: the packets that one shard judged and did not give to
 * the hub, because nothing in the report is taken from them but their number. JSON.
 */
export interface Withheld {
  flows: WithheldFlow[];
  /** How many events of each node belong to those packets. */
  nodes: { node: string; events: number }[];
}

/** The packets that one shard withholds of those sent in one form. */
export interface WithheldFlow {
  /** The form they were sent in, as `formKey` spells it. */
  key: string;
  packets: PacketCounts;
  /** The same packets by when each was first seen. */
  rate: Rate;
  /** There was no room for all of the flow: packets that tell something are withheld, too. */
  partial: boolean;
}
