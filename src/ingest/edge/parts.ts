/** What Worker, hub and shards tell each other. All of it survives structured cloning. */
import type { Appended, Tier } from "../stores/store.ts";

/** Lines of one tier of one batch that one shard keeps. */
export interface Part {
  tier: Tier;
  /** Number of lines. */
  lines: number;
  /** Characters of the text, uncompressed. */
  chars: number;
  /** The text, gzip. */
  body: Uint8Array<ArrayBuffer>;
}

/** What a Worker gives a shard of a batch that is not acknowledged yet. */
export interface Offer {
  /** Names this attempt to store the batch. */
  ticket: string;
  /** Of the layout that the batch was split by. */
  epoch: number;
  node: string;
  parts: Part[];
}

/** Lines of an attempt, as an archive takes them. */
export interface PartText {
  ticket: string;
  tier: Tier;
  text: string;
}

/** Where a part was before, and the layout it was moved for. */
export interface Moved {
  /** Number of the shard that had it, from 0. */
  source: number;
  /** Of the layout it was moved for. */
  epoch: number;
}

/** Which attempts became batches and which parts were evicted, since the shard last heard. */
export interface Confirmation {
  /** Row of the last batch that the shard knows, or 0. */
  afterRow: number;
  rows: [row: number, ticket: string][];
  /** Id of the last eviction that the shard knows, or 0. */
  afterEviction: number;
  evictions: [id: number, row: number, tier: Tier][];
}

/** Up to where a shard knows of the hub's decisions. */
export interface Heard {
  /** Row of the last batch it knows, or 0. */
  row: number;
  /** Id of the last eviction it knows, or 0. */
  eviction: number;
  /** Number of acknowledged events it has. */
  events: number;
}

/** What the shard needs of the hub to judge its packets. */
export interface Frame {
  /** Of the layout that the hub reads by. */
  epoch: number;
  incident: string;
  /** Batches without events, condensed, as JSON. */
  heads: string;
  filter: string;
  closed: boolean;
  evicted: number;
}

/** Over how many shards an incident is spread. */
export interface Layout {
  /** Number of shards, from 1. */
  shards: number;
  /** Grows with each change of the number of shards. */
  epoch: number;
}

/** A batch as the hub is asked to acknowledge it, when all its parts are kept. */
export interface Commit {
  ticket: string;
  /** Of the layout that the batch was split by. */
  epoch: number;
  header: string;
  refused: number;
  evicted: number;
  /** What the hub keeps itself. */
  own: { tier: Tier; text: string }[];
  /** Of the whole batch, the hub's own lines among them. */
  sizes: { tier: Tier; lines: number; chars: number }[];
}

/** Whether a batch may come: over which shards it is to be spread, or why not. */
export type BeginAnswer = Layout | Exclude<Appended["status"], "stored">;

/** A batch as the hub knows it. */
export interface HubRow {
  /** Orders batches by acceptance, from 1. */
  row: number;
  ticket: string;
  /** The header as JSON. */
  header: string;
  refused: number;
  evicted: number;
  /** Tiers that are still kept. */
  tiers: Tier[];
  /** The hub's own lines. */
  own: { tier: Tier; text: string }[];
}
