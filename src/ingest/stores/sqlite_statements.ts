/** Every statement of the SQLite store, prepared once, with the types of its rows. */
import type { DatabaseSync, SQLInputValue } from "node:sqlite";
import type { Role, StoredToken } from "./store.ts";

interface Query<Row> {
  all(...values: SQLInputValue[]): Row[];
  get(...values: SQLInputValue[]): Row | undefined;
}

interface BatchRow {
  row: number;
  header: string;
  refused: number;
  evicted: number;
}

interface SegmentRow {
  id: number;
  row: number;
  tier: number;
  lines: number;
  chars: number;
  body: Uint8Array;
}

/** An entry of the audit as its table has it. */
export interface AuditRow {
  id: number;
  atMs: number;
  token: string;
  role: Role | null;
  action: string;
  /** 1 when it changed something by hand, else 0. */
  change: number;
  incident: string | null;
  subject: string | null;
  outcome: string;
}

const AUDIT = `SELECT id, at_ms AS atMs, token, role, action, change, incident, subject, outcome
  FROM audit`;

const TOKEN = `SELECT id, incident, role, hash, created_ms AS createdMs, expires_ms AS expiresMs,
  nodes_max AS nodesMax, code, node, peer AS "from" FROM tokens`;

/** The prepared statements, by name. */
export type Statements = ReturnType<typeof statements>;

/** Prepares every statement; the tables must exist. */
export function statements(database: DatabaseSync) {
  /** What SQL gives is as typed here because the tables are STRICT. */
  const query = <Row>(sql: string) => database.prepare(sql) as unknown as Query<Row>;
  const run = (sql: string) => database.prepare(sql);
  return {
    begin: run("BEGIN IMMEDIATE"),
    commit: run("COMMIT"),
    rollback: run("ROLLBACK"),
    /** To be run with `all`: Deno's `exec` takes one step only, which frees one page. */
    vacuumSome: query<object>("PRAGMA incremental_vacuum(500)"),
    freePages: query<{ freelist_count: number }>("PRAGMA freelist_count"),
    checkpoint: query<object>("PRAGMA wal_checkpoint(TRUNCATE)"),
    incidents: query<{ document: string }>("SELECT document FROM incidents"),
    lastRows: query<{ incident: string; row: number }>(
      "SELECT incident, max(row) AS row FROM batches GROUP BY incident",
    ),
    saveIncident: run("INSERT OR REPLACE INTO incidents (id, document) VALUES (?, ?)"),
    deleteIncident: [
      run("DELETE FROM segments WHERE incident = ?"),
      run("DELETE FROM batches WHERE incident = ?"),
      run("DELETE FROM tokens WHERE incident = ?"),
      run("DELETE FROM incidents WHERE id = ?"),
    ],
    findBatch: query<{ row: number }>(
      "SELECT row FROM batches WHERE incident = ? AND probe = ? AND sequence = ?",
    ),
    insertBatch: run(
      `INSERT INTO batches (incident, row, probe, sequence, header, refused, evicted)
       VALUES (?, ?, ?, ?, ?, ?, ?)`,
    ),
    insertSegment: run(
      "INSERT INTO segments (incident, row, tier, lines, chars, body) VALUES (?, ?, ?, ?, ?, ?)",
    ),
    oldestSegment: query<SegmentRow>(
      `SELECT id, row, tier, lines, chars, NULL AS body FROM segments
       WHERE incident = ? AND tier = ? ORDER BY row LIMIT 1`,
    ),
    deleteSegment: run("DELETE FROM segments WHERE id = ?"),
    countEvicted: run("UPDATE batches SET evicted = evicted + ? WHERE incident = ? AND row = ?"),
    batchesAfter: query<BatchRow>(
      `SELECT row, header, refused, evicted FROM batches
       WHERE incident = ? AND row > ? AND row <= ? ORDER BY row LIMIT ?`,
    ),
    segmentsOf: query<SegmentRow>(
      "SELECT * FROM segments WHERE incident = ? AND row = ? ORDER BY tier",
    ),
    insertToken: run("INSERT INTO tokens VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)"),
    token: query<StoredToken>(`${TOKEN} WHERE id = ?`),
    tokens: query<StoredToken>(`${TOKEN} WHERE incident IS ? ORDER BY created_ms`),
    deleteToken: run("DELETE FROM tokens WHERE id = ? AND incident IS ?"),
    insertAudit: run(
      `INSERT INTO audit (at_ms, token, role, action, change, incident, subject, outcome)
       VALUES (?, ?, ?, ?, ?, ?, ?, ?)`,
    ),
    /** All of a kind but the newest so many. */
    trimAudit: run(
      `DELETE FROM audit WHERE change = ?1 AND id <=
       (SELECT id FROM audit WHERE change = ?1 ORDER BY id DESC LIMIT 1 OFFSET ?2)`,
    ),
    audit: query<AuditRow>(`${AUDIT} WHERE id < ? ORDER BY id DESC LIMIT ?`),
    auditOf: query<AuditRow>(`${AUDIT} WHERE incident = ? AND id < ? ORDER BY id DESC LIMIT ?`),
    auditCount: query<{ last: number | null; kept: number }>(
      "SELECT max(id) AS last, count(*) AS kept FROM audit",
    ),
  };
}
