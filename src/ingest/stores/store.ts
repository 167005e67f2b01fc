/**
 * The store as a port. Embedded it is SQLite (`sqlite_store.ts`) or memory (`memory_store.ts`), on
 * Workers it is Durable Objects (`edge/durable_store.ts`), so every answer is a promise. A promise
 * that resolves means that the change is durable.
 *
 * A batch is kept as the lines that were accepted. They are split by what may be thrown away first
 * at the limits; the order of lines inside a batch carries no meaning.
 */
import type { BatchHeader } from "../../event/batch.ts";

/** In the order they are evicted. State is evicted before them only beyond its own limit. */
export const TIERS = ["ordinary", "drops", "state"] as const;
/** What the lines of a segment are: `state`, or events by what they tell. */
export type Tier = typeof TIERS[number];

/** Lines of one tier of one batch. */
export interface Segment {
  tier: Tier;
  /** Number of lines in `text`. */
  lines: number;
  /** Lines, each ended by "\n". Where they are bytes it is made when it is asked for. */
  readonly text: string;
  /** Characters of `text`, where that is not at hand. */
  readonly chars?: number;
  /** The bytes of `text`, or the same as one gzip member, where they are at hand. */
  readonly bytes?: Uint8Array;
  readonly gzip?: Uint8Array;
}

/** A batch as it is accepted. */
export interface NewBatch {
  header: BatchHeader;
  segments: Segment[];
  /** Lines of this batch that were refused. */
  refused: number;
  /** Events of this batch that were evicted, here or before it was archived. */
  evicted: number;
}

/** `row` orders batches by acceptance, from 1, and is never reused in an incident. */
export interface StoredBatch extends NewBatch {
  /** Its number in the order of acceptance. */
  row: number;
}

/** What the batches of an incident add up to. */
export interface Counters {
  /** Batches accepted. */
  batches: number;
  /** Batches that came again. */
  duplicates: number;
  /** Events kept now. */
  events: number;
  /** States kept now. */
  states: number;
  /** Lines refused in kept batches. */
  refused: number;
  /** Lines refused that belong to no kept batch. */
  strayLines: number;
  /** Events thrown away at the limits. */
  evicted: number;
  /** States thrown away at the limits. */
  evictedStates: number;
  /** Characters kept: headers, events and states. */
  bytes: number;
  /** Characters of headers kept. */
  headerBytes: number;
  /** Characters of states kept. */
  stateBytes: number;
  /** Events kept that are drops and their like. */
  drops: number;
}

/** An incident that is being created. */
export interface NewIncident {
  id: string;
  title: string;
  filter: string;
  createdMs: number;
  /** An import in progress: not listed, and gone after a restart unless it was finished. */
  importing: boolean;
  /** Over how many shards it is to be spread, by a store that spreads; default: its own choice. */
  shards?: number | undefined;
  /** What its probes share and no viewer reads, base64url; absent of an import: nobody reports to it. */
  secret?: string | undefined;
}

/** What an archive says of its incident. */
export type ImportedIncident =
  & Pick<Incident, "title" | "filter" | "createdMs" | "closedMs">
  /** Lost where the archive was made: added to what was lost here. */
  & Pick<Counters, "strayLines" | "evictedStates">;

/** An incident as the store keeps it. */
export interface Incident extends NewIncident {
  /** When it was created or imported here; `createdMs` of an import is the archive's. */
  arrivedMs: number;
  closedMs: number | null;
  /** When its last batch was stored, by the ingest's clock; absent before the first. */
  activeMs?: number;
  /** Over how many shards it is spread; 1 where a store keeps it in one place. */
  shards: number;
  /** Grows with every change that can change the report. */
  revision: number;
  counters: Counters;
}

/** A segment that was thrown away. */
export interface Evicted {
  /** Row of its batch. */
  row: number;
  tier: Tier;
}

/** What became of a batch. */
export type Appended =
  | { status: "stored"; row: number; revision: number; evicted: Evicted[] }
  /**
   * `missing`: no such incident; `closed`: it takes no more; `full`: only headers are left;
   * `account-full`: `bytesTotalMax` is reached over all incidents.
   */
  | { status: "duplicate" | "missing" | "closed" | "full" | "account-full" };

/** What tokens may do: write batches, read, everything, or be exchanged for a probe's token. */
export const ROLES = ["probe", "viewer", "operator", "join"] as const;
/** What a token may do. */
export type Role = typeof ROLES[number];

/** A token as the store keeps it. */
export interface StoredToken {
  id: string;
  /** null: every incident. */
  incident: string | null;
  role: Role;
  /** SHA-256 of the secret, hexadecimal. The secret itself is nowhere. */
  hash: string;
  createdMs: number;
  expiresMs: number | null;
  /** Of role `join`, a code: how many tokens may be got with it. */
  nodesMax?: number | null;
  /** Of a token that was got with a code: the code's id. */
  code?: string | null;
  /** Of a token that was got with a code: the name that the node gave itself. */
  node?: string | null;
  /** Of a token that was got with a code: the address that asked, where the runtime tells. */
  from?: string | null;
}

/**
 * What became of a token that was to be created. `full`: `tokensPerIncidentMax` is reached;
 * `code-full`: the code it is got with admits no more; `code-gone`: that code is not there any more.
 */
export type TokenCreated = "created" | "full" | "code-full" | "code-gone";

/** Who did what, or tried to. Holds no secret and no text that a stranger chose but ids. */
export interface AuditEntry {
  atMs: number;
  /** Id of a token, or `root`, `loopback`, or `ingest` for what it does by itself. */
  token: string;
  role: Role | null;
  /** `incident.create`, `report.read` …: `audit` of an operation in `routes/`. */
  action: string;
  /** It changed something by hand. Everything else is far more, and kept apart. */
  change: boolean;
  /** null: none, or all of them. */
  incident: string | null;
  /** Id of the token that was made or revoked. */
  subject: string | null;
  /** `ok`, or the code of the problem that was answered. */
  outcome: string;
}

/** `id` grows with each entry, from 1. */
export interface StoredAuditEntry extends AuditEntry {
  id: number;
}

/** Which entries of the audit are asked for. */
export interface AuditQuery {
  /** Absent: of all incidents, and what was of none. */
  incident?: string | undefined;
  /** Only entries with a lower id. */
  before?: number | undefined;
  /** At most so many, from 1. */
  limit: number;
}

/** Where incidents, their batches, tokens and the audit are kept. */
export interface Store {
  /** `exists`: the id is taken; `full`: `incidentsMax` is reached. */
  createIncident(incident: NewIncident): Promise<"created" | "exists" | "full">;
  /** Newest first, without imports in progress. */
  listIncidents(): Promise<Incident[]>;
  getIncident(id: string): Promise<Incident | null>;
  /** False when there is no such incident. Closing twice keeps the first time. */
  closeIncident(id: string, closedMs: number): Promise<boolean>;
  /** Shows an imported incident, as the archive describes it. */
  finishImport(id: string, as: ImportedIncident): Promise<boolean>;
  /** Spreads it over so many shards, where it is over fewer; gives how many there are then. */
  growIncident(id: string, shards: number): Promise<number | null>;
  /** Deletes everything of it, its tokens too. */
  deleteIncident(id: string): Promise<boolean>;
  /**
   * Idempotent by (probe, sequence). `nowMs` is the ingest's clock. Throws `StoreFull` when the disk
   * has no room.
   */
  append(id: string, batch: NewBatch, nowMs?: number): Promise<Appended>;
  /** The same for many batches of one incident, in their order and in as few commits as can be. */
  appendAll(id: string, batches: readonly NewBatch[], nowMs?: number): Promise<Appended[]>;
  /** Counts lines that belong to no kept batch. */
  countStrayLines(id: string, lines: number): Promise<void>;
  /** In order of acceptance, up to `rowMax`. Batches come while others are appended. */
  readBatches(id: string, rowMax?: number): AsyncIterable<StoredBatch>;
  /** Row of the last batch and how many there are, or zeros. */
  extent(id: string): Promise<{ rowMax: number; batches: number }>;

  /** Decides and writes in one step, so that a code admits no more than it may. */
  createToken(token: StoredToken): Promise<TokenCreated>;
  /** `near`: the incident that is asked about. Where tokens are spread, its own are looked at first. */
  getToken(id: string, near?: string): Promise<StoredToken | null>;
  listTokens(incident: string | null): Promise<StoredToken[]>;
  deleteToken(incident: string | null, id: string): Promise<boolean>;

  /**
   * Beyond `auditReadsMax` and `auditChangesMax` the oldest of their kind go. Entries outlive their
   * incident.
   */
  appendAudit(entry: AuditEntry): Promise<void>;
  /** Newest first, and how many entries of the whole audit are gone. */
  listAudit(query: AuditQuery): Promise<{ entries: StoredAuditEntry[]; evicted: number }>;
  close(): Promise<void>;
}

/** Thrown when the disk has no room: nothing of the change was kept. */
export class StoreFull extends Error {
  override name = "StoreFull";
}

/** An incident as its archive describes it. */
export function imported(incident: Incident, as: ImportedIncident): Incident {
  const { title, filter, createdMs, closedMs } = as;
  const counters = { ...incident.counters };
  counters.strayLines += as.strayLines;
  counters.evictedStates += as.evictedStates;
  const revision = incident.revision + 1;
  return { ...incident, title, filter, createdMs, closedMs, counters, revision, importing: false };
}

/** The counters of an incident without batches. */
export const NO_COUNTERS: Readonly<Counters> = {
  batches: 0,
  duplicates: 0,
  events: 0,
  states: 0,
  refused: 0,
  strayLines: 0,
  evicted: 0,
  evictedStates: 0,
  bytes: 0,
  headerBytes: 0,
  stateBytes: 0,
  drops: 0,
};
