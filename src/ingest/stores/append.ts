/**
 * What an append does, decided in one place for all stores. A store looks up what the decision rests
 * on, carries out what it says, and evicts with `evictToFit`; it decides nothing by itself.
 */
import type { StoreLimits } from "../limits.ts";
import { countedIn, type SegmentSize } from "./retention.ts";
import { charsOf } from "./segment.ts";
import type { Incident, NewBatch } from "./store.ts";

/** What of a batch is counted. */
export interface BatchSize {
  /** Characters of the header as JSON. */
  headerChars: number;
  /** Lines of the batch that were refused. */
  refused: number;
  /** Events of the batch that were evicted before it came. */
  evicted: number;
  segments: readonly SegmentSize[];
}

/** What a store knows when a batch comes. */
export interface AppendFacts {
  /** null: there is none with this id. */
  incident: Incident | null;
  /** A batch of the same probe with the same sequence was accepted before, kept or not. */
  isKnown: boolean;
  batch: BatchSize;
  /** Characters the incident may keep in all, so that all incidents together stay in their limit. */
  roomBytes: number;
  limits: StoreLimits;
  /** The ingest's clock; undefined: it is not told when the batch came. */
  nowMs?: number | undefined;
}

/** Before a batch is looked at: whether one with its probe and sequence may come. null: it may. */
export type EarlyDecision =
  | { status: "missing" | "closed" }
  /** To be saved: the same incident, with one duplicate more. */
  | { status: "duplicate"; incident: Incident };

/** What is to be done with a batch. */
export type AppendDecision =
  | EarlyDecision
  /** Headers are never evicted, and there is no room for this one. */
  | { status: "full" }
  /** The incident would keep `neededBytes` characters, which is more than `roomBytes`. */
  | { status: "account-full"; neededBytes: number }
  /** To be saved with the batch, after `evictToFit` on its counters. */
  | { status: "stored"; incident: Incident };

/**
 * Who sends a batch twice is told that it is known, even after the incident was closed: otherwise a
 * lost answer would look like a lost batch.
 */
export function decideEarly(incident: Incident | null, isKnown: boolean): EarlyDecision | null {
  if (incident === null) return { status: "missing" };
  if (isKnown) {
    const { counters } = incident;
    const duplicates = counters.duplicates + 1;
    return {
      status: "duplicate",
      incident: { ...incident, counters: { ...counters, duplicates } },
    };
  }
  return incident.closedMs === null ? null : { status: "closed" };
}

/** What is to be done with a batch. Changes nothing that it is given. */
export function decideAppend(facts: AppendFacts): AppendDecision {
  const { incident, isKnown, batch, roomBytes, limits } = facts;
  const early = decideEarly(incident, isKnown);
  if (early !== null || incident === null) return early ?? { status: "missing" };
  const before = incident.counters;
  if (before.headerBytes + batch.headerChars > limits.bytesPerIncidentMax) {
    return { status: "full" };
  }
  const counters = countedIn(before, batch);
  // What the incident's own limit is going to evict takes no room of others.
  const neededBytes = Math.min(counters.bytes, Math.max(before.bytes, limits.bytesPerIncidentMax));
  if (neededBytes > roomBytes) return { status: "account-full", neededBytes };
  const revision = incident.revision + 1;
  const active = facts.nowMs === undefined ? {} : { activeMs: facts.nowMs };
  return { status: "stored", incident: { ...incident, ...active, counters, revision } };
}

/** What of a batch is counted, where the store has its lines; `headerChars` of its JSON. */
export function sizeOf({ segments, refused, evicted }: NewBatch, headerChars: number): BatchSize {
  const sizes = segments.map((segment) => {
    const { tier, lines } = segment;
    return { tier, lines, chars: charsOf(segment) };
  });
  return { headerChars, refused, evicted, segments: sizes };
}

/** Characters an incident may keep, where all incidents together keep `totalBytes` now. */
export function roomBytesOf(
  incident: Incident | null,
  totalBytes: number,
  limits: StoreLimits,
): number {
  return limits.bytesTotalMax - (totalBytes - (incident?.counters.bytes ?? 0));
}
