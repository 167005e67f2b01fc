// deno-lint-ignore-file require-await -- SQLite answers at once, the port does not
/**
 * The embedded store: one SQLite file. What batches add up to is written with each of them, so a
 * restart reads back exactly what was acknowledged.
 */
import { closeSync, mkdirSync, openSync } from "node:fs";
import { join } from "node:path";
import type { DatabaseSync } from "node:sqlite";
import { setImmediate } from "node:timers";
import { gunzipSync, gzipSync } from "node:zlib";
import { LasthopError } from "../event/error.ts";
import type { BatchHeader } from "../event/batch.ts";
import type { StoreLimits } from "./limits.ts";
import { countedIn, countOut, headersFull, tierToEvict } from "./retention.ts";
import { Reserve } from "./reserve.ts";
import { shrink } from "./sqlite_shrink.ts";
import { isDiskFull, openDatabase } from "./sqlite_schema.ts";
import { type Statements, statements } from "./sqlite_statements.ts";
import {
  type Appended,
  type Counters,
  type Evicted,
  type ImportedIncident,
  type Incident,
  type NewBatch,
  type NewIncident,
  NO_COUNTERS,
  type Store,
  type StoredBatch,
  type StoredToken,
  StoreFull,
  TIERS,
} from "./store.ts";

const FILE = "lasthop.sqlite";

/** Batches read per query: the store is not held while they are worked on. */
const PAGE_ROWS = 64;

/** Opens or creates the store in a directory. Throws `LasthopError` when it can't be used. */
export function openSqliteStore(directory: string, limits: StoreLimits): SqliteStore {
  try {
    mkdirSync(directory, { recursive: true, mode: 0o700 });
    // Whose packets went where is nobody else's business; SQLite's own files follow this one.
    closeSync(openSync(join(directory, FILE), "a", 0o600));
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    const message = `Cannot use data directory ${directory}: ${why}, must be a writable directory`;
    throw new LasthopError("data_unusable", message, 1, { cause: error });
  }
  const database = openDatabase(join(directory, FILE));
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
  resolve: (appended: Appended) => void;
  reject: (error: unknown) => void;
}

export class SqliteStore implements Store {
  /** What is committed. */
  #heads = new Map<string, Head>();
  #pending: Pending[] = [];
  #sql: Statements;

  constructor(
    readonly database: DatabaseSync,
    readonly limits: StoreLimits,
    readonly reserve: Reserve,
  ) {
    reserve.fill();
    this.#sql = statements(database);
    const rows = new Map(this.#sql.lastRows.all().map(({ incident, row }) => [incident, row]));
    for (const { document } of this.#sql.incidents.all()) {
      const incident = JSON.parse(document) as Incident;
      this.#heads.set(incident.id, { incident, row: rows.get(incident.id) ?? 0 });
    }
    for (const [id, { incident }] of [...this.#heads]) {
      if (incident.importing) this.#delete(id);
    }
  }

  async createIncident(incident: NewIncident): Promise<"created" | "exists" | "full"> {
    if (this.#heads.has(incident.id)) return "exists";
    if (this.#heads.size >= this.limits.incidentsMax) return "full";
    this.#save({ ...incident, closedMs: null, revision: 1, counters: { ...NO_COUNTERS } });
    return "created";
  }

  /** Writes it, and only then believes it. */
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
    const { title, filter, createdMs, closedMs } = as;
    const seen = { importing: false, revision: incident.revision + 1 };
    this.#save({ ...incident, title, filter, createdMs, closedMs, ...seen });
    return true;
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
  append(id: string, batch: NewBatch): Promise<Appended> {
    return new Promise((resolve, reject) => {
      this.#pending.push({ id, batch, resolve, reject });
      if (this.#pending.length === 1) setImmediate(() => this.#flush());
    });
  }

  #flush(): void {
    const pending = this.#pending;
    this.#pending = [];
    if (pending.length === 0) return;
    const staged = new Map<string, Head>();
    try {
      const answers = this.#write(() =>
        pending.map(({ id, batch }) => this.#append(id, batch, staged))
      );
      for (const [id, head] of staged) this.#heads.set(id, head);
      pending.forEach(({ resolve }, i) => resolve(answers[i]!));
    } catch (error) {
      for (const { reject } of pending) reject(error);
    }
  }

  /** Inside a transaction; what it changes is believed only after the commit. */
  #append(id: string, batch: NewBatch, staged: Map<string, Head>): Appended {
    const head = staged.get(id) ?? this.#heads.get(id);
    if (head === undefined) return { status: "missing" };
    const { header, segments, refused } = batch;
    const { probe, sequence } = header;
    const { incident } = head;
    if (this.#sql.findBatch.get(id, probe, sequence) !== undefined) {
      const counters = { ...incident.counters, duplicates: incident.counters.duplicates + 1 };
      staged.set(id, { ...head, incident: this.#saved({ ...incident, counters }) });
      return { status: "duplicate" };
    }
    if (incident.closedMs !== null) return { status: "closed" };
    const headerText = JSON.stringify(header);
    if (headersFull(incident.counters, headerText.length, this.limits)) return { status: "full" };
    const row = head.row + 1;
    this.#sql.insertBatch.run(id, row, probe, sequence, headerText, refused, batch.evicted);
    for (const { tier, lines, text } of segments) {
      const body = gzipSync(text, { level: 1 });
      this.#sql.insertSegment.run(id, row, TIERS.indexOf(tier), lines, text.length, body);
    }
    const counters = countedIn(incident.counters, batch, headerText.length);
    const evicted = this.#evict(id, counters);
    const revision = incident.revision + 1;
    staged.set(id, { row, incident: this.#saved({ ...incident, revision, counters }) });
    return { status: "stored", row, revision, evicted };
  }

  #saved(incident: Incident): Incident {
    this.#sql.saveIncident.run(incident.id, JSON.stringify(incident));
    return incident;
  }

  #evict(id: string, counters: Counters): Evicted[] {
    const evicted: Evicted[] = [];
    for (;;) {
      const tier = tierToEvict(counters, this.limits);
      if (tier === null) return evicted;
      const oldest = this.#sql.oldestSegment.get(id, TIERS.indexOf(tier))!;
      this.#sql.deleteSegment.run(oldest.id);
      if (tier !== "state") this.#sql.countEvicted.run(oldest.lines, id, oldest.row);
      countOut(counters, tier, oldest.lines, oldest.chars);
      evicted.push({ row: oldest.row, tier });
    }
  }

  async countStrayLines(id: string, lines: number): Promise<void> {
    const incident = this.#heads.get(id)?.incident;
    if (incident === undefined) return;
    const counters = { ...incident.counters };
    counters.strayLines += lines;
    this.#save({ ...incident, counters });
  }

  async *readBatches(id: string, rowMax?: number): AsyncIterable<StoredBatch> {
    const to = rowMax ?? Number.MAX_SAFE_INTEGER;
    for (let from = 0;;) {
      const page = this.#sql.batchesAfter.all(id, from, to, PAGE_ROWS);
      for (const { row, header, refused, evicted } of page) {
        const segments = this.#sql.segmentsOf.all(id, row).map(({ tier, lines, body }) => ({
          tier: TIERS[tier]!,
          lines,
          text: gunzipSync(body).toString("utf8"),
        }));
        yield { row, header: JSON.parse(header) as BatchHeader, refused, evicted, segments };
        from = row;
      }
      if (page.length < PAGE_ROWS) return;
    }
  }

  async extent(id: string): Promise<{ rowMax: number; batches: number }> {
    const head = this.#heads.get(id);
    return { rowMax: head?.row ?? 0, batches: head?.incident.counters.batches ?? 0 };
  }

  async createToken(token: StoredToken): Promise<"created" | "full"> {
    const siblings = await this.listTokens(token.incident);
    if (siblings.length >= this.limits.tokensPerIncidentMax) return "full";
    const { id, incident, role, hash, createdMs, expiresMs } = token;
    this.#write(() => this.#sql.insertToken.run(id, incident, role, hash, createdMs, expiresMs));
    return "created";
  }

  async getToken(id: string): Promise<StoredToken | null> {
    return this.#sql.token.get(id) ?? null;
  }

  async listTokens(incident: string | null): Promise<StoredToken[]> {
    return this.#sql.tokens.all(incident);
  }

  async deleteToken(incident: string | null, id: string): Promise<boolean> {
    return this.#write(() => this.#sql.deleteToken.run(id, incident)).changes === 1;
  }

  async close(): Promise<void> {
    this.#flush();
    this.database.close();
  }
}
