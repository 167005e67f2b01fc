// deno-lint-ignore-file require-await -- SQLite answers at once, the port does not
/**
 * The embedded store: one SQLite file. Batches are gzip'd lines; what they add up to is kept in
 * memory and written with each batch, so a restart reads back exactly what was acknowledged.
 */
import { mkdirSync } from "node:fs";
import { join } from "node:path";
import type { DatabaseSync } from "node:sqlite";
import { gunzipSync, gzipSync } from "node:zlib";
import { LasthopError } from "../event/error.ts";
import type { BatchHeader } from "../event/batch.ts";
import type { StoreLimits } from "./limits.ts";
import { countedIn, countOut, headersFull, tierToEvict } from "./retention.ts";
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

/** Batches read per query: the store is not held while they are worked on. */
const PAGE_ROWS = 64;

/** Opens or creates the store in a directory. Throws `LasthopError` when it can't be used. */
export function openSqliteStore(directory: string, limits: StoreLimits): SqliteStore {
  try {
    mkdirSync(directory, { recursive: true, mode: 0o700 });
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    const message = `Cannot use data directory ${directory}: ${why}, must be a writable directory`;
    throw new LasthopError("data_unusable", message, 1, { cause: error });
  }
  return new SqliteStore(openDatabase(join(directory, "lasthop.sqlite")), limits);
}

export class SqliteStore implements Store {
  #incidents = new Map<string, Incident>();
  #rows = new Map<string, number>();
  #sql: Statements;

  constructor(readonly database: DatabaseSync, readonly limits: StoreLimits) {
    this.#sql = statements(database);
    for (const { document } of this.#sql.incidents.all()) {
      const incident = JSON.parse(document) as Incident;
      this.#incidents.set(incident.id, incident);
    }
    for (const { incident, row } of this.#sql.lastRows.all()) this.#rows.set(incident, row);
    for (const { id, importing } of [...this.#incidents.values()]) {
      if (importing) this.#delete(id);
    }
  }

  async createIncident(incident: NewIncident): Promise<"created" | "exists" | "full"> {
    if (this.#incidents.has(incident.id)) return "exists";
    if (this.#incidents.size >= this.limits.incidentsMax) return "full";
    this.#save({ ...incident, closedMs: null, revision: 1, counters: { ...NO_COUNTERS } });
    return "created";
  }

  /** Writes it, and only then believes it. */
  #save(incident: Incident): void {
    this.#write(() => this.#sql.saveIncident.run(incident.id, JSON.stringify(incident)));
    this.#incidents.set(incident.id, incident);
  }

  #write<T>(change: () => T): T {
    try {
      this.#sql.begin.run();
      const result = change();
      this.#sql.commit.run();
      return result;
    } catch (error) {
      try {
        this.#sql.rollback.run();
      } catch {
        // SQLite rolled back by itself.
      }
      if (isDiskFull(error)) throw new StoreFull("The disk is full", { cause: error });
      throw error;
    }
  }

  async listIncidents(): Promise<Incident[]> {
    return [...this.#incidents.values()]
      .filter(({ importing }) => !importing)
      .sort((a, b) => b.createdMs - a.createdMs || (a.id < b.id ? -1 : 1))
      .map((incident) => structuredClone(incident));
  }

  async getIncident(id: string): Promise<Incident | null> {
    const incident = this.#incidents.get(id);
    return incident === undefined ? null : structuredClone(incident);
  }

  async closeIncident(id: string, closedMs: number): Promise<boolean> {
    const incident = this.#incidents.get(id);
    if (incident === undefined) return false;
    if (incident.closedMs === null) {
      this.#save({ ...incident, closedMs, revision: incident.revision + 1 });
    }
    return true;
  }

  async finishImport(id: string, as: ImportedIncident): Promise<boolean> {
    const incident = this.#incidents.get(id);
    if (incident === undefined) return false;
    const { title, filter, createdMs, closedMs } = as;
    const revision = incident.revision + 1;
    this.#save({ ...incident, title, filter, createdMs, closedMs, importing: false, revision });
    return true;
  }

  async deleteIncident(id: string): Promise<boolean> {
    return this.#delete(id);
  }

  #delete(id: string): boolean {
    if (!this.#incidents.has(id)) return false;
    this.#write(() => {
      for (const statement of this.#sql.deleteIncident) statement.run(id);
    });
    this.#incidents.delete(id);
    this.#rows.delete(id);
    // Gives the file's free pages back to the disk, which may be why it was deleted.
    this.database.exec("PRAGMA incremental_vacuum; PRAGMA wal_checkpoint(TRUNCATE)");
    return true;
  }

  async append(id: string, batch: NewBatch): Promise<Appended> {
    const incident = this.#incidents.get(id);
    if (incident === undefined) return { status: "missing" };
    const { header } = batch;
    if (this.#sql.findBatch.get(id, header.probe, header.sequence) !== undefined) {
      // Not worth a write: it is saved with the next batch.
      incident.counters.duplicates += 1;
      return { status: "duplicate" };
    }
    if (incident.closedMs !== null) return { status: "closed" };
    const headerText = JSON.stringify(header);
    if (headersFull(incident.counters, headerText.length, this.limits)) return { status: "full" };
    const row = (this.#rows.get(id) ?? 0) + 1;
    const revision = incident.revision + 1;
    const counters = countedIn(incident.counters, batch, headerText.length);
    const after = { ...incident, revision, counters };
    const bodies = batch.segments.map(({ text }) => gzipSync(text, { level: 1 }));
    const evicted = this.#write(() => {
      const { refused, evicted, segments } = batch;
      const { probe, sequence } = header;
      this.#sql.insertBatch.run(id, row, probe, sequence, headerText, refused, evicted);
      segments.forEach(({ tier, lines, text }, i) => {
        this.#sql.insertSegment.run(id, row, TIERS.indexOf(tier), lines, text.length, bodies[i]!);
      });
      const gone = this.#evict(id, counters);
      this.#sql.saveIncident.run(id, JSON.stringify(after));
      return gone;
    });
    this.#incidents.set(id, after);
    this.#rows.set(id, row);
    return { status: "stored", row, revision, evicted };
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
    const incident = this.#incidents.get(id);
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
    const rowMax = this.#rows.get(id) ?? 0;
    return { rowMax, batches: this.#incidents.get(id)?.counters.batches ?? 0 };
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
    this.database.close();
  }
}
