/** What a store throws away at its limits, and how that is counted, for all stores. */
import type { StoreLimits } from "../limits.ts";
import type { Counters, Evicted, Tier } from "./store.ts";

/** How much one tier of one batch is. */
export interface SegmentSize {
  tier: Tier;
  /** Number of lines. */
  lines: number;
  /** Characters of the lines, uncompressed. */
  chars: number;
}

/** A segment that was removed: of which batch, and how much it was. */
export interface RemovedSegment {
  /** Row of its batch. */
  row: number;
  /** Number of lines. */
  lines: number;
  /** Characters of the lines, uncompressed. */
  chars: number;
}

/** How a store removes the oldest segment of a tier, which has one when this is asked. */
export type RemoveOldest = (tier: Tier) => RemovedSegment;

/** The tier whose oldest segment must go, or null when everything fits. */
export function tierToEvict(counters: Counters, limits: StoreLimits): Tier | null {
  if (counters.stateBytes > limits.stateBytesPerIncidentMax && counters.states > 1) return "state";
  const fits = counters.events <= limits.eventsPerIncidentMax &&
    counters.bytes <= limits.bytesPerIncidentMax;
  if (fits) return null;
  if (counters.events > counters.drops) return "ordinary";
  if (counters.drops > 0) return "drops";
  return counters.states > 0 ? "state" : null;
}

/** Removes segments until everything fits. Changes `counters`; tells what went, in its order. */
export function evictToFit(
  counters: Counters,
  limits: StoreLimits,
  removeOldest: RemoveOldest,
): Evicted[] {
  const evicted: Evicted[] = [];
  for (;;) {
    const tier = tierToEvict(counters, limits);
    if (tier === null) return evicted;
    evicted.push(evictOne(counters, tier, removeOldest));
  }
}

/**
 * Removes events until at most `eventsMax` are kept, ordinary ones first. Changes `counters`; tells
 * what went, in its order.
 */
export function evictEvents(
  counters: Counters,
  eventsMax: number,
  removeOldest: RemoveOldest,
): Evicted[] {
  const evicted: Evicted[] = [];
  while (counters.events > eventsMax) {
    const tier = counters.events > counters.drops ? "ordinary" : "drops";
    evicted.push(evictOne(counters, tier, removeOldest));
  }
  return evicted;
}

function evictOne(counters: Counters, tier: Tier, removeOldest: RemoveOldest): Evicted {
  const { row, lines, chars } = removeOldest(tier);
  count(counters, { tier, lines: -lines, chars: -chars });
  if (tier === "state") counters.evictedStates += lines;
  else counters.evicted += lines;
  return { row, tier };
}

/** The counters after a batch came in, before any eviction. */
export function countedIn(
  before: Counters,
  batch: {
    /** Characters of the header as JSON. */
    headerChars: number;
    refused: number;
    evicted: number;
    segments: readonly SegmentSize[];
  },
): Counters {
  const after = { ...before };
  after.batches += 1;
  after.refused += batch.refused;
  after.evicted += batch.evicted;
  after.bytes += batch.headerChars;
  after.headerBytes += batch.headerChars;
  for (const segment of batch.segments) count(after, segment);
  return after;
}

/** Changes `counters`: lines came in, or left when they are negative. */
function count(counters: Counters, { tier, lines, chars }: SegmentSize): void {
  counters.bytes += chars;
  if (tier === "state") {
    counters.states += lines;
    counters.stateBytes += chars;
    return;
  }
  counters.events += lines;
  if (tier === "drops") counters.drops += lines;
}
