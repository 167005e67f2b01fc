// deno-lint-ignore-file require-await -- SQLite answers at once, the port does not
/**
 * The embedded store: one SQLite file. What batches add up to is written with each of them, so a
 * restart reads back exactly what was acknowledged.
 */
import { join } from "node:path";
import type { DatabaseSync } from "node:sqlite";
import { setImmediate } from "node:timers";
import type { StoreLimits } from "../limits.ts";
import { decideAppend, roomBytesOf, sizeOf } from "./append.ts";
import { Reserve } from "./reserve.ts";
import { evictToFit, type RemovedSegment } from "./retention.ts";
import { gzipOf } from "./packed_segment.ts";
import { charsOf } from "./segment.ts";
import { SqliteLedger } from "./sqlite_ledger.ts";
import { readBatches } from "./sqlite_read.ts";
import { shrink } from "./sqlite_shrink.ts";
import { isDiskFull, makeFile, openDatabase } from "./sqlite_schema.ts";
import { type Statements, statements } from "./sqlite_statements.ts";
import {
  type Appended,
  type AuditEntry,
  type AuditQuery,
  imported,
  type ImportedIncident,
  type Incident,
  type NewBatch,
  type NewIncident,
  NO_COUNTERS,
  type Store,
  type StoredBatch,
  type StoredToken,
  StoreFull,
  type Tier,
  TIERS,
  type TokenCreated,
} from "./store.ts";

/** Opens or creates the store in a directory. Throws LasthopError `data_unusable`. */
export function openSqliteStore(directory: string, limits: StoreLimits): SqliteStore {
  const database = openDatabase(makeFile(directory));
  const reserve = new Reserve(join(directory, "lasthop.reserve"), limits.reserveBytes);
  return new SqliteStore(database, limits, reserve);
}

/** An incident and the row of its last batch. */
interface Head {
  incident: Incident;
  row: number;
}

interface Pending {
  id: string;
  batch: NewBatch;
  nowMs: number | undefined;
  resolve: (appended: Appended) => void;
  reject: (error: unknown) => void;
}

/** The store in one SQLite file. */
export class SqliteStore implements Store {
  /** What is committed. */
  #heads = new Map<string, Head>();
  #pending: Pending[] = [];
  #sql: Statements;
  #ledger: SqliteLedger;

  constructor(
    readonly database: DatabaseSync,
    readonly limits: StoreLimits,
    readonly reserve: Reserve,
  ) {
    reserve.fill();
    this.#sql = statements(database);
    this.#ledger = new SqliteLedger(this.#sql, (change) => this.#write(change), limits);
    const rows = new Map(this.#sql.lastRows.all().map(({ incident, row }) => [incident, row]));
    for (const { document } of this.#sql.incidents.all()) {
      const stored = JSON.parse(document) as Incident;
      // Version 1 did not keep when an incident arrived, nor that it is in one place.
      const incident = { ...stored, arrivedMs: stored.arrivedMs ?? stored.createdMs, shards: 1 };
      this.#heads.set(incident.id, { incident, row: rows.get(incident.id) ?? 0 });
    }
    for (const [id, { incident }] of [...this.#heads]) {
      if (incident.importing) this.#delete(id);
    }
  }

  async createIncident(incident: NewIncident): Promise<"created" | "exists" | "full"> {
    if (this.#heads.has(incident.id)) return "exists";
    if (this.#heads.size >= this.limits.incidentsMax) return "full";
    const begun = { closedMs: null, shards: 1, revision: 1, counters: { ...NO_COUNTERS } };
    this.#save({ ...incident, ...begun, arrivedMs: incident.createdMs });
    return "created";
  }

  /** Writes it to disk, and only then to memory. */
  #save(incident: Incident): void {
    this.#write(() => this.#saved(incident));
    this.#heads.set(incident.id, { incident, row: this.#heads.get(incident.id)?.row ?? 0 });
  }

  #write<T>(change: () => T): T {
    try {
      this.#sql.begin.run();
      const result = change();
      this.#sql.commit.run();
      return result;
    } catch (error) {
      // After some errors SQLite has rolled back by itself.
      if (this.database.isTransaction) this.#sql.rollback.run();
      if (isDiskFull(error)) throw new StoreFull("The disk is full", { cause: error });
      throw error;
    }
  }

  async listIncidents(): Promise<Incident[]> {
    return [...this.#heads.values()].map(({ incident }) => incident)
      .filter(({ importing }) => !importing)
      .sort((a, b) => b.createdMs - a.createdMs || (a.id < b.id ? -1 : 1))
      .map((incident) => structuredClone(incident));
  }

  async getIncident(id: string): Promise<Incident | null> {
    const incident = this.#heads.get(id)?.incident;
    return incident === undefined ? null : structuredClone(incident);
  }

  async closeIncident(id: string, closedMs: number): Promise<boolean> {
    const incident = this.#heads.get(id)?.incident;
    if (incident === undefined) return false;
    if (incident.closedMs === null) {
      this.#save({ ...incident, closedMs, revision: incident.revision + 1 });
    }
    return true;
  }

  async finishImport(id: string, as: ImportedIncident): Promise<boolean> {
    const incident = this.#heads.get(id)?.incident;
    if (incident === undefined) return false;
    this.#save(imported(incident, as));
    return true;
  }

  async growIncident(id: string): Promise<number | null> {
    return this.#heads.get(id)?.incident.shards ?? null;
  }

  async deleteIncident(id: string): Promise<boolean> {
    return this.#delete(id);
  }

  #delete(id: string): boolean {
    if (!this.#heads.has(id)) return false;
    const remove = () =>
      this.#write(() => {
        for (const statement of this.#sql.deleteIncident) statement.run(id);
      });
    try {
      remove();
    } catch (error) {
      if (!(error instanceof StoreFull)) throw error;
      this.reserve.release();
      this.#sql.checkpoint.all();
      remove();
    }
    this.#heads.delete(id);
    shrink(this.#sql);
    this.reserve.fill();
    return true;
  }

  /** Batches that arrive together are committed together: a disk syncs only so often. */
  append(id: string, batch: NewBatch, nowMs?: number): Promise<Appended> {
    return new Promise((resolve, reject) => {
      this.#pending.push({ id, batch, nowMs, resolve, reject });
      if (this.#pending.length === 1) setImmediate(() => this.#flush());
    });
  }

  appendAll(id: string, batches: readonly NewBatch[], nowMs?: number): Promise<Appended[]> {
    return Promise.all(batches.map((batch) => this.append(id, batch, nowMs)));
  }

  #flush(): void {
    const pending = this.#pending;
    this.#pending = [];
    if (pending.length === 0) return;
    const staged = new Map<string, Head>();
    try {
      const answers = this.#write(() => pending.map((one) => this.#append(one, staged)));
      for (const [id, head] of staged) this.#heads.set(id, head);
      pending.forEach(({ resolve }, i) => resolve(answers[i]!));
    } catch (error) {
      for (const { reject } of pending) reject(error);
    }
  }

  /** Inside a transaction; what it changes is in `staged` until the commit. */
  #append({ id, batch, nowMs }: Pending, staged: Map<string, Head>): Appended {
    const head = staged.get(id) ?? this.#heads.get(id);
    if (head === undefined) return { status: "missing" };
    const { header, segments, refused } = batch;
    const { probe, sequence } = header;
    const { limits } = this;
    const headerText = JSON.stringify(header);
    const decision = decideAppend({
      incident: head.incident,
      isKnown: this.#sql.findBatch.get(id, probe, sequence) !== undefined,
      batch: sizeOf(batch, headerText.length),
      roomBytes: roomBytesOf(head.incident, this.#totalBytes(staged), limits),
      limits,
      nowMs,
    });
    if (decision.status === "duplicate") {
      staged.set(id, { ...head, incident: this.#saved(decision.incident) });
    }
    if (decision.status !== "stored") return { status: decision.status };
    const row = head.row + 1;
    this.#sql.insertBatch.run(id, row, probe, sequence, headerText, refused, batch.evicted);
    for (const segment of segments) {
      const tier = TIERS.indexOf(segment.tier);
      const [chars, body] = [charsOf(segment), gzipOf(segment)];
      this.#sql.insertSegment.run(id, row, tier, segment.lines, chars, body);
    }
    const { counters, revision } = decision.incident;
    const evicted = evictToFit(counters, limits, (tier) => this.#removeOldest(id, tier));
    staged.set(id, { row, incident: this.#saved(decision.incident) });
    return { status: "stored", row, revision, evicted };
  }

  #totalBytes(staged: Map<string, Head>): number {
    return [...this.#heads].reduce(
      (sum, [id, head]) => sum + (staged.get(id) ?? head).incident.counters.bytes,
      0,
    );
  }

  #saved(incident: Incident): Incident {
    this.#sql.saveIncident.run(incident.id, JSON.stringify(incident));
    return incident;
  }

  #removeOldest(id: string, tier: Tier): RemovedSegment {
    const oldest = this.#sql.oldestSegment.get(id, TIERS.indexOf(tier))!;
    this.#sql.deleteSegment.run(oldest.id);
    if (tier !== "state") this.#sql.countEvicted.run(oldest.lines, id, oldest.row);
    return oldest;
  }

  async countStrayLines(id: string, lines: number): Promise<void> {
    const incident = this.#heads.get(id)?.incident;
    if (incident === undefined) return;
    const counters = { ...incident.counters };
    counters.strayLines += lines;
    this.#save({ ...incident, counters });
  }

  readBatches(id: string, rowMax?: number): AsyncIterable<StoredBatch> {
    return readBatches(this.#sql, id, rowMax);
  }

  async extent(id: string): Promise<{ rowMax: number; batches: number }> {
    const head = this.#heads.get(id);
    return { rowMax: head?.row ?? 0, batches: head?.incident.counters.batches ?? 0 };
  }

  async createToken(token: StoredToken): Promise<TokenCreated> {
    return this.#ledger.createToken(token);
  }

  async getToken(id: string): Promise<StoredToken | null> {
    return this.#ledger.getToken(id);
  }

  async listTokens(incident: string | null): Promise<StoredToken[]> {
    return this.#ledger.listTokens(incident);
  }

  async deleteToken(incident: string | null, id: string): Promise<boolean> {
    return this.#ledger.deleteToken(incident, id);
  }

  async appendAudit(entry: AuditEntry): Promise<void> {
    this.#ledger.appendAudit(entry);
  }

  async listAudit(query: AuditQuery) {
    return this.#ledger.listAudit(query);
  }

  async close(): Promise<void> {
    this.#flush();
    this.database.close();
  }
}
