/** What a store throws away at its limits, decided in one place for all stores. */
import type { StoreLimits } from "../limits.ts";
import type { Counters, NewBatch, Tier } from "./store.ts";

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

/** Headers are coverage and are never evicted, so they alone can fill an incident. */
export function headersFull(counters: Counters, headerBytes: number, limits: StoreLimits): boolean {
  return counters.headerBytes + headerBytes > limits.bytesPerIncidentMax;
}

/**
 * Whether a batch takes all incidents together beyond their limit. `counters` are those with the
 * batch, `totalBytes` is without it; what the incident's own limit will evict takes no room.
 */
export function accountFull(
  counters: Counters,
  before: Counters,
  totalBytes: number,
  limits: StoreLimits,
): boolean {
  const bytes = Math.min(counters.bytes, Math.max(before.bytes, limits.bytesPerIncidentMax));
  return totalBytes - before.bytes + bytes > limits.bytesTotalMax;
}

/** The counters after a batch came in, before any eviction. */
export function countedIn(before: Counters, batch: NewBatch, headerBytes: number): Counters {
  const after = { ...before };
  after.batches += 1;
  after.refused += batch.refused;
  after.evicted += batch.evicted;
  after.bytes += headerBytes;
  after.headerBytes += headerBytes;
  for (const { tier, lines, text } of batch.segments) count(after, tier, lines, text.length);
  return after;
}

/** Changes `counters`: a segment was evicted. */
export function countOut(counters: Counters, tier: Tier, lines: number, bytes: number): void {
  count(counters, tier, -lines, -bytes);
  if (tier === "state") counters.evictedStates += lines;
  else counters.evicted += lines;
}

/** Changes `counters`: lines came in. */
export function count(counters: Counters, tier: Tier, lines: number, bytes: number): void {
  counters.bytes += bytes;
  if (tier === "state") {
    counters.states += lines;
    counters.stateBytes += bytes;
    return;
  }
  counters.events += lines;
  if (tier === "drops") counters.drops += lines;
}
