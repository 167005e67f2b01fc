/** The one object of an account: which incidents there are, tokens for all of them, the audit. */
import { DurableObject } from "cloudflare:workers";
import { Admission, type Load } from "../intake/admission.ts";
import { AuditLog } from "../access/audit.ts";
import { systemClock } from "../clock.ts";
import { expireIncidents } from "../expire.ts";
import type { AuditEntry, AuditQuery, StoredAuditEntry, StoredToken } from "../stores/store.ts";
import type { DurableObjectState } from "./cloudflare.ts";
import { DurableStore } from "./durable_store.ts";
import { type Answering, type DirectoryRpc, type EdgeEnv, hubOf } from "./bindings.ts";
import { edgeLimits } from "./edge_limits.ts";
import { RemoteHub } from "./remote_hub.ts";
import { Rows } from "./rows.ts";
import { eachAlone, Together } from "./together.ts";

/** `granted`: characters an incident may keep. */
const SCHEMA = [
  `CREATE TABLE IF NOT EXISTS incidents (id TEXT PRIMARY KEY, created_ms INTEGER NOT NULL,
    importing INTEGER NOT NULL, granted INTEGER NOT NULL)`,
  "CREATE TABLE IF NOT EXISTS tokens (id TEXT PRIMARY KEY, incident TEXT, document TEXT)",
  `CREATE TABLE IF NOT EXISTS audit (id INTEGER PRIMARY KEY AUTOINCREMENT, change INTEGER NOT NULL,
    incident TEXT, document TEXT NOT NULL)`,
  "CREATE INDEX IF NOT EXISTS audit_oldest ON audit (change, id)",
  "CREATE INDEX IF NOT EXISTS audit_of_incident ON audit (incident, id)",
];

/** An import that was not finished in this time never will be. */
const IMPORT_MS = 6 * 3_600_000;
/** Room is granted in pieces of this share of the account's, so that hubs need not ask each time. */
const GRANT_SHARE = 1024;

/** The object `directory` of an account. */
export class Directory extends DurableObject<EdgeEnv> implements Answering<DirectoryRpc> {
  #rows: Rows;
  #entries = new Together(eachAlone((entry: AuditEntry) => this.#appendAudit(entry)));
  #admission: Admission;

  constructor(ctx: DurableObjectState, env: EdgeEnv) {
    super(ctx, env);
    const none = { incidentEventsPerSecond: Infinity, incidentBytesPerSecond: Infinity };
    const each = { probeEventsPerSecond: Infinity, probeBytesPerSecond: Infinity };
    this.#admission = new Admission({ ...edgeLimits(env), ...none, ...each }, systemClock);
    this.#rows = new Rows(ctx, SCHEMA);
  }

  async add(
    id: string,
    createdMs: number,
    importing: boolean,
  ): Promise<"added" | "exists" | "full"> {
    if (this.#rows.first("SELECT id FROM incidents WHERE id = ?", id)) return "exists";
    const { count } = this.#rows.first<{ count: number }>(
      "SELECT count(*) AS count FROM incidents",
    )!;
    if (count >= edgeLimits(this.env).store.incidentsMax) return "full";
    this.#rows.run("INSERT INTO incidents VALUES (?, ?, ?, 0)", id, createdMs, Number(importing));
    await this.#wake();
    return "added";
  }

  async #wake(): Promise<void> {
    if (await this.ctx.storage.getAlarm() !== null) return;
    await this.ctx.storage.setAlarm(Date.now() + edgeLimits(this.env).sweepMs);
  }

  /** Deletes what is due, as long as there is anything that may become so. */
  async alarm(): Promise<void> {
    const { env } = this;
    const limits = edgeLimits(env);
    const log = (line: string) => console.error(line);
    const deps = { store: new DurableStore(env), clock: systemClock, limits, log };
    await this.dropImports();
    await expireIncidents({ ...deps, hub: new RemoteHub(env) }, new AuditLog(deps));
    if (this.ids().length > 0) await this.#wake();
  }

  /** What came for one incident; for how many seconds nothing more may come for any. */
  charge(load: Load): number {
    this.#admission.charge("", "", load);
    return this.#admission.incidentWait("")?.seconds ?? 0;
  }

  imported(id: string): void {
    this.#rows.run("UPDATE incidents SET importing = 0 WHERE id = ?", id);
  }

  remove(id: string): void {
    this.#rows.run("DELETE FROM incidents WHERE id = ?", id);
    this.#rows.run("DELETE FROM tokens WHERE incident = ?", id);
  }

  ids(): string[] {
    return this.#rows.all<{ id: string }>("SELECT id FROM incidents ORDER BY created_ms DESC, id")
      .map(({ id }) => id);
  }

  /** Deletes imports that were begun before `beforeMs` and not finished. */
  async dropImports(beforeMs = Date.now() - IMPORT_MS): Promise<void> {
    const old = this.#rows.all<{ id: string }>(
      "SELECT id FROM incidents WHERE importing = 1 AND created_ms < ?",
      beforeMs,
    );
    for (const { id } of old) {
      await hubOf(this.env, id).delete();
      this.remove(id);
    }
  }

  /** Room for an incident that wants to keep so many characters in all; may be less. */
  grant(id: string, bytes: number): number {
    const { bytesTotalMax } = edgeLimits(this.env).store;
    const { others } = this.#rows.first<{ others: number | null }>(
      "SELECT sum(granted) AS others FROM incidents WHERE id <> ?",
      id,
    )!;
    const piece = Math.ceil(bytesTotalMax / GRANT_SHARE);
    const room = bytesTotalMax - (others ?? 0);
    const granted = Math.max(0, Math.min(bytes + piece, room));
    if (granted >= bytes) {
      this.#rows.run("UPDATE incidents SET granted = ? WHERE id = ?", granted, id);
    }
    return granted;
  }

  createToken(token: StoredToken): "created" | "full" {
    const { tokensPerIncidentMax } = edgeLimits(this.env).store;
    if (token.incident === null && this.listTokens().length >= tokensPerIncidentMax) return "full";
    const document = token.incident === null ? JSON.stringify(token) : null;
    this.#rows.run("INSERT INTO tokens VALUES (?, ?, ?)", token.id, token.incident, document);
    return "created";
  }

  /** The token, or the incident whose hub has it. */
  getToken(id: string): StoredToken | string | null {
    const found = this.#rows.first<{ incident: string | null; document: string | null }>(
      "SELECT incident, document FROM tokens WHERE id = ?",
      id,
    );
    if (found === undefined) return null;
    return found.document === null ? found.incident : JSON.parse(found.document) as StoredToken;
  }

  /** Those for all incidents. */
  listTokens(): StoredToken[] {
    const sql = "SELECT document FROM tokens WHERE incident IS NULL";
    return this.#rows.all<{ document: string }>(sql)
      .map(({ document }) => JSON.parse(document) as StoredToken)
      .sort((a, b) => a.createdMs - b.createdMs);
  }

  deleteToken(incident: string | null, id: string): boolean {
    const sql = "SELECT id FROM tokens WHERE id = ? AND incident IS ?";
    const known = this.#rows.first(sql, id, incident) !== undefined;
    this.#rows.run("DELETE FROM tokens WHERE id = ? AND incident IS ?", id, incident);
    return known;
  }

  appendAudit(entry: AuditEntry): Promise<void> {
    return this.#entries.add(entry);
  }

  #appendAudit(entry: AuditEntry): void {
    const { auditReadsMax, auditChangesMax } = edgeLimits(this.env).store;
    const change = Number(entry.change);
    this.#rows.transaction(() => {
      this.#rows.run(
        "INSERT INTO audit (change, incident, document) VALUES (?, ?, ?)",
        ...[change, entry.incident, JSON.stringify(entry)],
      );
      this.#rows.run(
        `DELETE FROM audit WHERE change = ?1 AND id <=
         (SELECT id FROM audit WHERE change = ?1 ORDER BY id DESC LIMIT 1 OFFSET ?2)`,
        ...[change, entry.change ? auditChangesMax : auditReadsMax],
      );
    });
  }

  listAudit({ incident, before, limit }: AuditQuery): {
    entries: StoredAuditEntry[];
    evicted: number;
  } {
    const below = before ?? Number.MAX_SAFE_INTEGER;
    const where = incident === undefined ? "" : "incident = ? AND";
    const rows = this.#rows.all<{ id: number; document: string }>(
      `SELECT id, document FROM audit WHERE ${where} id < ? ORDER BY id DESC LIMIT ?`,
      ...(incident === undefined ? [] : [incident]),
      ...[below, limit],
    );
    const { last, kept } = this.#rows.first<{ last: number | null; kept: number }>(
      "SELECT max(id) AS last, count(*) AS kept FROM audit",
    )!;
    const entries = rows.map(({ id, document }) => ({ id, ...JSON.parse(document) as AuditEntry }));
    return { entries, evicted: (last ?? 0) - kept };
  }
}
