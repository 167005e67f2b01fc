/** Limits of an ingest on Workers: what fits 128 MiB of memory, and what its variables say. */
import { type Limits, type LimitsOverride, limitsWith, type StoreLimits } from "../limits.ts";
import type { EdgeEnv } from "./bindings.ts";

/**
 * Sized for 128 MiB of memory: a Worker holds one batch of each body it reads, a hub node state as
 * objects, several times its text.
 */
const EDGE_LIMITS = {
  lineCharsMax: 4 * 2 ** 20,
  linesPerBatchMax: 10_000,
  batchCharsMax: 4 * 2 ** 20,
  analysedEventsMax: 30_000,
  recomputeMinMs: 200,
} satisfies LimitsOverride;

/** The limits of a Worker and its objects: `LIMITS` goes before what fits them by default. */
export function edgeLimits({ LIMITS }: EdgeEnv): Limits {
  const own = JSON.parse(LIMITS ?? "{}") as NonNullable<LimitsOverride>;
  return limitsWith({ ...EDGE_LIMITS, ...own, store: { ...EDGE_STORE, ...own.store } });
}

const EDGE_STORE = {
  eventsPerIncidentMax: 3_200_000,
  bytesPerIncidentMax: 1024 * 2 ** 20,
  stateBytesPerIncidentMax: 8 * 2 ** 20,
  /** Some hundred bytes each, in the hub's memory; each node that joins has one. */
  tokensPerIncidentMax: 12_000,
};

/**
 * Events that one shard keeps; an incident has room for as many times its shards. Measured: 0.9 to
 * 1 KB of heap for each in the analysis that a shard keeps, and 1.4 to 1.8 while it judges all of them
 * at once and gives the hub all of them. When memory ends the oldest events go: there is no other
 * bound, because an analysis that is begun anew for each report takes as much at its peak.
 */
const EVENTS_PER_SHARD = 50_000;
/** Events of packets that a hub looks at together (rule D4), beside headers and node state. */
export const HUB_EVENTS_MAX = 30_000;
/** Shards of one incident, at most. */
export const SHARDS_MAX = 64;

/** Events that one shard has memory for. */
export function eventsPerShard({ EVENTS_PER_SHARD: own }: EdgeEnv): number {
  const wanted = Number(own ?? EVENTS_PER_SHARD);
  return wanted >= 1 ? wanted : EVENTS_PER_SHARD;
}

/** Over how many shards a new incident is spread, unless its creator says. */
export function shardsOfNew({ SHARDS }: EdgeEnv): number {
  const wanted = Number(SHARDS ?? 2);
  return Number.isInteger(wanted) ? Math.min(Math.max(wanted, 1), SHARDS_MAX) : 2;
}

/** The limits of an incident that is spread over so many shards. */
export function storeLimitsOf(env: EdgeEnv, shards: number): StoreLimits {
  const { store } = edgeLimits(env);
  const eventsMax = shards * eventsPerShard(env);
  return { ...store, eventsPerIncidentMax: Math.min(store.eventsPerIncidentMax, eventsMax) };
}
