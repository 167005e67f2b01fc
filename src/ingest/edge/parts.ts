/** What Worker, hub and shards tell each other. All of it survives structured cloning. */
import type { SummaryChange } from "../../analysis/shards/mod.ts";
import type { EventTier } from "../../event/kinds.ts";
import type { Wait } from "../intake/admission.ts";
import type { Appended, StoredToken, Tier } from "../stores/store.ts";

/** Lines of one tier of one batch that one shard keeps. */
export interface Part {
  /** Which batch of its attempt, from 0. */
  at: number;
  node: string;
  tier: EventTier;
  /** Number of lines. */
  lines: number;
  /** Characters of the text, uncompressed. */
  chars: number;
}

/** All that one shard keeps of one attempt: one row of its table, however many batches it has. */
export interface Bundle {
  parts: Part[];
  /** By tier the texts of its parts, one after the other, gzip; null: there are none. */
  bodies: Record<EventTier, Uint8Array<ArrayBuffer> | null>;
}

/** A bundle as the shard has it, without its texts. */
export interface StoredBundle {
  ticket: string;
  /** Number of the shard that it was moved from, or -1. */
  source: number;
  /** Of the layout that its lines were split by. */
  epoch: number;
  cameMs: number;
  parts: Part[];
  /** Tiers whose lines are still in the table. */
  tiers: Set<EventTier>;
}

/** What a Worker gives a shard of batches that are not acknowledged yet. */
export interface Offer {
  /** Names this attempt to store the batches. */
  ticket: string;
  /** Of the layout that the batches were split by. */
  epoch: number;
  bundle: Bundle;
}

/** Lines of an attempt, as an archive takes them. */
export interface PartText {
  ticket: string;
  /** Number of the batch in its attempt, from 0. */
  at: number;
  tier: Tier;
  text: string;
}

/** What a shard gives another that is to have it from now on. */
export interface Moved {
  ticket: string;
  /** Number of the shard that had it, from 0. */
  source: number;
  /** Of the layout it was moved for. */
  epoch: number;
  /** What is confirmed of it: the row of a batch and which of the attempt it is. */
  confirmed: [row: number, at: number][];
}

/** Row up to which batches have lost their lines of a tier, or 0: the oldest go first. */
export type EvictedTo = Record<Tier, number>;

/** Which attempts became batches and which parts were evicted, since the shard last heard. */
export interface Confirmation {
  /** Row of the last batch that the shard knows, or 0. */
  afterRow: number;
  /** Row up to which this tells. */
  upToRow: number;
  /** Batches that came with events: row, ticket, and which of the attempt it is. */
  rows: [row: number, ticket: string, at: number][];
  evictedTo: EvictedTo;
  /** Nothing is left to be told now. */
  last: boolean;
}

/** Up to where a shard knows of the hub's decisions. */
export interface Heard {
  /** Row of the last batch it knows, or 0. */
  row: number;
  evictedTo: EvictedTo;
  /** Number of acknowledged events it has. */
  events: number;
}

/** Up to which answer of a shard its hub knows what it said. */
export interface Known {
  /** Another one whenever a shard begins its analysis anew. */
  session: string;
  /** Counts its answers. */
  number: number;
}

/** What is new to a shard that is to judge its packets. */
export interface Frame {
  /** Of the layout that the hub reads by. */
  epoch: number;
  /** Null: the hub knows nothing, and tells everything. */
  known: Known | null;
  /** Batches without events that the shard was not told of, as JSON. */
  heads: string;
  closed: boolean;
  evicted: number;
}

/** What a shard found that it did not say before. */
export interface Judged {
  known: Known;
  change: SummaryChange;
}

/** Over how many shards an incident is spread. */
export interface Layout {
  /** Number of shards, from 1. */
  shards: number;
  /** Grows with each change of the number of shards, and is another for each incident. */
  epoch: number;
}

/** One batch as the hub is asked to acknowledge it, when all its parts are kept. */
export interface CommitBatch {
  /** As JSON, as it is kept. */
  header: string;
  /** Of the header, so that the hub need not read it to decide. */
  probe: string;
  sequence: number;
  refused: number;
  evicted: number;
  /** What the hub keeps itself. */
  own: { tier: Tier; text: string }[];
  /** Of the whole batch, the hub's own lines among them. */
  sizes: { tier: Tier; lines: number; chars: number }[];
}

/** Batches of one attempt, in the order of their numbers in it. */
export interface Commit {
  ticket: string;
  /** Of the layout that the batches were split by. */
  epoch: number;
  batches: CommitBatch[];
}

/**
 * What became of the batches of a commit, in their order. There are fewer answers than batches when the
 * layout is another one by now, `layout`: the rest must be split anew.
 */
export interface Committed {
  answers: Appended[];
  layout: Layout;
}

/** What a hub says to a Worker that is about to read a body. */
export interface HubEntry {
  /** Of the tokens that were asked for, those that the hub has. */
  tokens: StoredToken[];
  isVisible: boolean;
  /** How long a body must wait; null: it may come. */
  wait: Wait | null;
  /** The probes that must wait; all others need not. */
  probes: [probe: string, wait: Wait][];
  /** How long a probe with nothing to tell may be silent, ms; 0: it need not be. */
  quietMs: number;
  layout: Layout;
}

/** A batch as the hub knows it. */
export interface HubRow {
  /** Orders batches by acceptance, from 1. */
  row: number;
  ticket: string;
  /** Which batch of its attempt, from 0. */
  at: number;
  /** The header as JSON. */
  header: string;
  refused: number;
  evicted: number;
  /** Tiers that are still kept. */
  tiers: Tier[];
  /** The hub's own lines. */
  own: { tier: Tier; text: string }[];
}
