/** An incident as the API shows it. */
import { z } from "zod";
import type { Incident } from "../stores/store.ts";
import { count, time } from "./schema_parts.ts";

/** Schema of an incident as the API shows it. */
export const ShownIncident = z.object({
  id: z.string(),
  title: z.string(),
  filter: z.string(),
  createdAt: time,
  closedAt: time.nullable(),
  /** When its last batch was stored; before the first, when it was created or imported here. */
  lastActivityAt: time,
  /** When it was imported here from an archive; null: it was not. */
  importedAt: time.nullable(),
  /** Over how many shards it is spread. */
  shards: count,
  /** Grows with every change that can change the report. */
  revision: count,
  counters: z.object({
    batches: count,
    duplicates: count,
    events: count,
    states: count,
    refused: count,
    strayLines: count,
    evicted: count,
    evictedStates: count,
    bytes: count,
  }),
});

/** An incident as the API shows it. */
export type ShownIncident = z.infer<typeof ShownIncident>;

/** The stored incident as the API shows it: times in ISO 8601, counters that mean something outside. */
export function shown(incident: Incident): ShownIncident {
  const { id, title, filter, createdMs, arrivedMs, closedMs, activeMs } = incident;
  const { shards, revision, counters } = incident;
  const { batches, duplicates, events, states, refused, strayLines } = counters;
  const { evicted, evictedStates, bytes } = counters;
  return {
    id,
    title,
    filter,
    createdAt: new Date(createdMs).toISOString(),
    lastActivityAt: new Date(activeMs ?? arrivedMs).toISOString(),
    // Nothing else sets the one without the other.
    importedAt: arrivedMs === createdMs ? null : new Date(arrivedMs).toISOString(),
    closedAt: closedMs === null ? null : new Date(closedMs).toISOString(),
    shards,
    revision,
    counters: {
      batches,
      duplicates,
      events,
      states,
      refused,
      strayLines,
      evicted,
      evictedStates,
      bytes,
    },
  };
}
