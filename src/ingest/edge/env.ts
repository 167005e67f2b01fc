/** What the Workers of an ingest are bound to, as `deploy/wrangler.jsonc` names it. */
import { type Limits, type LimitsOverride, limitsWith } from "../limits.ts";
import type { DurableObjectNamespace, R2Bucket } from "./cloudflare.ts";
import type { Directory } from "./directory.ts";
import type { IncidentHub } from "./incident_hub.ts";
import type { PacketShard } from "./packet_shard.ts";

export interface EdgeEnv {
  DIRECTORY: DurableObjectNamespace;
  HUB: DurableObjectNamespace;
  SHARD: DurableObjectNamespace;
  /** Where segments of incidents are archived; without it the objects alone keep them. */
  ARCHIVES?: R2Bucket;
  /** A secret: the operator's token for all incidents. */
  ROOT_TOKEN?: string | null;
  /** Origins of other sites whose pages may use the API, with blanks between. */
  ALLOW_ORIGINS?: string;
  /** `LimitsOverride` as JSON. */
  LIMITS?: string;
  /** Shards of a new incident. */
  SHARDS?: string;
  /** Events that one shard has memory for, if not `EVENTS_PER_SHARD`. */
  EVENTS_PER_SHARD?: string;
}

/** A reference to an object: its methods, called from elsewhere. */
export type Remote<T> = {
  [K in keyof T as T[K] extends (...args: never[]) => unknown ? K : never]: T[K] extends
    (...args: infer A) => infer R ? (...args: A) => Promise<Awaited<R>> : never;
};

const named = <T>(namespace: DurableObjectNamespace, name: string) =>
  namespace.get(namespace.idFromName(name) as never) as Remote<T>;

export const directoryOf = (env: EdgeEnv) => named<Directory>(env.DIRECTORY, "directory");

export const hubOf = (env: EdgeEnv, incident: string) => named<IncidentHub>(env.HUB, incident);

export const shardAt = (env: EdgeEnv, incident: string, shard: number) =>
  named<PacketShard>(env.SHARD, `${incident}/${shard}`);

/**
 * Sized for 128 MiB of memory: a Worker holds one batch of each body it reads, a hub node state as
 * objects, several times its text.
 */
const EDGE_LIMITS = {
  lineCharsMax: 4 * 2 ** 20,
  linesPerBatchMax: 10_000,
  batchCharsMax: 4 * 2 ** 20,
  decodedEventsMax: 30_000,
  recomputeMinMs: 200,
} satisfies LimitsOverride;

export function edgeLimits({ LIMITS }: EdgeEnv): Limits {
  const own = JSON.parse(LIMITS ?? "{}") as NonNullable<LimitsOverride>;
  return limitsWith({ ...EDGE_LIMITS, ...own, store: { ...EDGE_STORE, ...own.store } });
}

const EDGE_STORE = {
  eventsPerIncidentMax: 3_200_000,
  bytesPerIncidentMax: 1024 * 2 ** 20,
  stateBytesPerIncidentMax: 8 * 2 ** 20,
};

/**
 * Events that one shard keeps; an incident has room for as many times its shards. Measured: 1.4 to
 * 1.8 KB of heap for each while a shard judges them and gives the hub all of them.
 */
const EVENTS_PER_SHARD = 50_000;
/** Events of packets that a hub looks at together (rule D4), beside headers and node state. */
export const HUB_EVENTS_MAX = 30_000;
export const SHARDS_MAX = 64;

export function eventsPerShard({ EVENTS_PER_SHARD: own }: EdgeEnv): number {
  const wanted = Number(own ?? EVENTS_PER_SHARD);
  return wanted >= 1 ? wanted : EVENTS_PER_SHARD;
}

export function shardsOfNew({ SHARDS }: EdgeEnv): number {
  const wanted = Number(SHARDS ?? 2);
  return Number.isInteger(wanted) ? Math.min(Math.max(wanted, 1), SHARDS_MAX) : 2;
}
