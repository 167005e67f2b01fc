/**
 * What the Workers of an ingest are bound to, as `deploy/wrangler.jsonc` names it, and what its
 * objects can be asked from elsewhere. Each object is one class (`directory.ts`, `incident_hub.ts`,
 * `packet_shard.ts`) that implements its interface here.
 */
import type { SelectionChange } from "../../analysis/shards/mod.ts";
import type { Load } from "../intake/admission.ts";
import type { HubFigures } from "../http/metrics.ts";
import type {
  AuditEntry,
  AuditQuery,
  ImportedIncident,
  Incident,
  NewIncident,
  StoredAuditEntry,
  StoredToken,
  TokenCreated,
} from "../stores/store.ts";
import type { DurableObjectNamespace, R2Bucket } from "./cloudflare.ts";
import type { GivenPage } from "./given_lines.ts";
import type {
  Bundle,
  Commit,
  Committed,
  Confirmation,
  Frame,
  Heard,
  HubEntry,
  HubRow,
  Judged,
  Known,
  Layout,
  Moved,
  Offer,
  PartText,
} from "./parts.ts";

/** Bindings and variables of a Worker and of its objects. */
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

/** The one object of an account: which incidents there are, tokens for all of them, the audit. */
export interface DirectoryRpc {
  add(id: string, createdMs: number, importing: boolean): Promise<"added" | "exists" | "full">;
  /** Counts what came for one incident; gives for how many seconds nothing more may come for any. */
  charge(load: Load): Promise<number>;
  /** An import is finished: it is an incident like others now. */
  imported(id: string): Promise<void>;
  remove(id: string): Promise<void>;
  /** Newest first. */
  ids(): Promise<string[]>;
  /** Deletes imports that were begun before `beforeMs` (since 1970) and not finished. */
  dropImports(beforeMs?: number): Promise<void>;
  /** Room for an incident that wants to keep so many characters in all; may be less. */
  grant(id: string, bytes: number): Promise<number>;
  createToken(token: StoredToken): Promise<"created" | "full">;
  /** The token, or the incident whose hub has it. */
  getToken(id: string): Promise<StoredToken | string | null>;
  /** Those for all incidents. */
  listTokens(): Promise<StoredToken[]>;
  deleteToken(incident: string | null, id: string): Promise<boolean>;
  appendAudit(entry: AuditEntry): Promise<void>;
  listAudit(query: AuditQuery): Promise<{ entries: StoredAuditEntry[]; evicted: number }>;
}

/** The hub of one incident. Null answers, and `missing`: there is no such incident. */
export interface HubRpc {
  create(incident: NewIncident): Promise<"created" | "exists">;
  incident(): Promise<Incident | null>;
  /** What a Worker must know before it reads a body. `tokens`: ids of those it has to check. */
  enter(tokens: readonly string[]): Promise<HubEntry>;
  /** Acknowledges batches whose parts the shards keep. */
  commit(commit: Commit): Promise<Committed>;
  countStrayLines(lines: number): Promise<void>;
  close(closedMs: number): Promise<boolean>;
  finishImport(as: ImportedIncident): Promise<boolean>;
  /** Everything of it, the archive too. */
  delete(): Promise<boolean>;
  extent(): Promise<{ rowMax: number; batches: number }>;
  /** At most `count` batches after a row, with the hub's part, and which shards have the rest. */
  page(after: number, upTo: number, count: number): Promise<{ rows: HubRow[]; layout: Layout }>;
  /** Over more shards. Resolves with how many there are when all lines are where they belong. */
  grow(wanted: number): Promise<number | null>;
  createToken(token: StoredToken): Promise<TokenCreated>;
  getToken(id: string): Promise<StoredToken | null>;
  listTokens(): Promise<StoredToken[]>;
  deleteToken(id: string): Promise<boolean>;
  reportJson(): Promise<string | null>;
  readFigures(): Promise<HubFigures>;
  /** The live stream, by `fetch` because that tells when the viewer leaves. */
  fetch(request: Request): Promise<Response>;
}

/** One of the shards of an incident: the events of the packets that fall to it (rule D1). */
export interface ShardRpc {
  /** Durable when it answers. `stale`: the incident has more shards by now. */
  offer(offer: Offer): Promise<"kept" | "stale">;
  /** Forgets an attempt that the hub refused. */
  withdraw(ticket: string): Promise<void>;
  /** Takes what the hub decided. The answer says up to where it knows; the hub tells the rest. */
  hear(confirmation: Confirmation): Promise<Heard>;
  /**
   * First round of a report: what is other in the shard, by flow. `anew`: it has to be told everything.
   * Null: its lines are being spread.
   */
  judge(frame: Frame): Promise<Judged | "anew" | null>;
  /**
   * Second round: what is other of the packets that the hub wants to look at, by pages. `change`: with
   * the first page, what it wants otherwise. Null: begin again.
   */
  select(known: Known, change: SelectionChange | null, page: number): Promise<GivenPage | null>;
  /** Texts of attempts, for an archive. Null: the lines are being spread. */
  read(tickets: string[], epoch: number): Promise<PartText[] | null>;
  /** Gives what now belongs to other shards to them, and takes no more offers of before. */
  spread(incident: string, own: number, shards: number, epoch: number): Promise<void>;
  /** What belonged to another shard, and belongs here now. */
  receive(moved: Moved, bundle: Bundle): Promise<void>;
  clear(): Promise<void>;
}

/** The object behind an interface: it answers at once where it can. */
export type Answering<T> = {
  [K in keyof T]: T[K] extends (...args: infer A) => Promise<infer R>
    ? (...args: A) => R | Promise<R>
    : never;
};

const named = <T>(namespace: DurableObjectNamespace, name: string) =>
  namespace.get(namespace.idFromName(name) as never) as T;

/** The directory of this account. */
export const directoryOf = (env: EdgeEnv): DirectoryRpc =>
  named<DirectoryRpc>(env.DIRECTORY, "directory");

/** The hub of an incident, whether or not there is such an incident. */
export const hubOf = (env: EdgeEnv, incident: string): HubRpc => named<HubRpc>(env.HUB, incident);

/** A shard of an incident, by its number from 0. */
export const shardAt = (env: EdgeEnv, incident: string, shard: number): ShardRpc =>
  named<ShardRpc>(env.SHARD, `${incident}/${shard}`);
