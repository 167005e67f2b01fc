/** The tables of an incident's hub: the incident, its batches and tokens, and what was evicted. */
import { count, countedIn, countOut, headersFull, tierToEvict } from "../stores/retention.ts";
import type { StoreLimits } from "../limits.ts";
import {
  type Counters,
  type Evicted,
  type Incident,
  type StoredBatch,
  type StoredToken,
  type Tier,
  TIERS,
} from "../stores/store.ts";
import type { DurableObjectState } from "./cloudflare.ts";
import type { Commit, Layout } from "./parts.ts";
import { Rows, textPieces } from "./rows.ts";

const SCHEMA = [
  "CREATE TABLE IF NOT EXISTS documents (name TEXT PRIMARY KEY, text TEXT NOT NULL)",
  `CREATE TABLE IF NOT EXISTS batches (
    row INTEGER PRIMARY KEY, probe TEXT NOT NULL, sequence INTEGER NOT NULL, ticket TEXT NOT NULL,
    header TEXT NOT NULL, refused INTEGER NOT NULL, evicted INTEGER NOT NULL,
    UNIQUE (probe, sequence))`,
  `CREATE TABLE IF NOT EXISTS sizes (tier INTEGER NOT NULL, row INTEGER NOT NULL,
    lines INTEGER NOT NULL, chars INTEGER NOT NULL, PRIMARY KEY (tier, row)) WITHOUT ROWID`,
  `CREATE TABLE IF NOT EXISTS own (row INTEGER NOT NULL, tier INTEGER NOT NULL,
    piece INTEGER NOT NULL, text TEXT NOT NULL, PRIMARY KEY (row, tier, piece)) WITHOUT ROWID`,
  `CREATE TABLE IF NOT EXISTS evictions (id INTEGER PRIMARY KEY AUTOINCREMENT,
    row INTEGER NOT NULL, tier INTEGER NOT NULL)`,
  "CREATE TABLE IF NOT EXISTS tokens (id TEXT PRIMARY KEY, document TEXT NOT NULL)",
];

/** Characters of whole batches that are put together at once. A call carries at most 32 MiB. */
const PAGE_CHARS_MAX = 8 * 2 ** 20;

/** A batch as the hub knows it. */
export interface HubRow {
  row: number;
  ticket: string;
  header: string;
  refused: number;
  evicted: number;
  /** Tiers that are still kept. */
  tiers: Tier[];
  /** The hub's own lines. */
  own: { tier: Tier; text: string }[];
}

export class HubTable {
  readonly rows: Rows;
  #incident: Incident | null;
  #layout: Layout;
  #row: number;

  constructor(ctx: DurableObjectState) {
    this.rows = new Rows(ctx, SCHEMA);
    this.#incident = this.read<Incident>("incident");
    this.#layout = this.read<Layout>("layout") ?? { shards: 1, epoch: 1 };
    this.#row = this.rows.first<{ row: number | null }>("SELECT max(row) AS row FROM batches")
      ?.row ?? 0;
  }

  get incident(): Incident | null {
    return this.#incident;
  }

  get layout(): Layout {
    return this.#layout;
  }

  get row(): number {
    return this.#row;
  }

  read<T>(name: string): T | null {
    const sql = "SELECT text FROM documents WHERE name = ?";
    const found = this.rows.first<{ text: string }>(sql, name);
    return found === undefined ? null : JSON.parse(found.text) as T;
  }

  write(name: string, value: unknown): void {
    const sql = "INSERT OR REPLACE INTO documents VALUES (?, ?)";
    this.rows.run(sql, name, JSON.stringify(value));
  }

  saveIncident(incident: Incident): void {
    this.write("incident", incident);
    this.#incident = incident;
  }

  /** False when there is no incident. */
  countStrayLines(lines: number): boolean {
    const incident = this.#incident;
    if (incident === null) return false;
    const counters = { ...incident.counters, strayLines: incident.counters.strayLines + lines };
    this.saveIncident({ ...incident, counters });
    return true;
  }

  saveLayout(layout: Layout): void {
    this.write("layout", layout);
    this.#layout = layout;
  }

  has(probe: string, sequence: number): boolean {
    const sql = "SELECT row FROM batches WHERE probe = ? AND sequence = ?";
    return this.rows.first(sql, probe, sequence) !== undefined;
  }

  isFull(header: string, limits: StoreLimits): boolean {
    return headersFull(this.#incident!.counters, header.length, limits);
  }

  /** Counters as they would be with the batch, before anything is evicted. */
  counted({ header, refused, evicted, sizes }: Commit): Counters {
    const counters = countedIn(
      this.#incident!.counters,
      { header: JSON.parse(header), segments: [], refused, evicted },
      header.length,
    );
    for (const { tier, lines, chars } of sizes) count(counters, tier, lines, chars);
    return counters;
  }

  /** All of it or nothing. */
  insert(commit: Commit, counters: Counters, limits: StoreLimits): Evicted[] {
    const row = this.#row + 1;
    const { probe, sequence } = JSON.parse(commit.header);
    const incident = this.#incident!;
    const evicted = this.rows.transaction(() => {
      this.rows.run(
        "INSERT INTO batches VALUES (?, ?, ?, ?, ?, ?, ?)",
        ...[row, probe, sequence, commit.ticket, commit.header, commit.refused, commit.evicted],
      );
      for (const { tier, lines, chars } of commit.sizes) {
        this.rows.run("INSERT INTO sizes VALUES (?, ?, ?, ?)", tierNumber(tier), row, lines, chars);
      }
      for (const { tier, text } of commit.own) {
        textPieces(text).forEach((piece, i) =>
          this.rows.run("INSERT INTO own VALUES (?, ?, ?, ?)", row, tierNumber(tier), i, piece)
        );
      }
      const gone = this.#evict(counters, limits);
      this.write("incident", { ...incident, counters, revision: incident.revision + 1 });
      return gone;
    });
    this.#incident = { ...incident, counters, revision: incident.revision + 1 };
    this.#row = row;
    return evicted;
  }

  #evict(counters: Counters, limits: StoreLimits): Evicted[] {
    const evicted: Evicted[] = [];
    for (;;) {
      const tier = tierToEvict(counters, limits);
      if (tier === null) return evicted;
      evicted.push(this.#evictOldest(tier, counters));
    }
  }

  #evictOldest(tier: Tier, counters: Counters): Evicted {
    const number = tierNumber(tier);
    const { row, lines, chars } = this.rows.first<{ row: number; lines: number; chars: number }>(
      "SELECT row, lines, chars FROM sizes WHERE tier = ? ORDER BY row LIMIT 1",
      number,
    )!;
    this.rows.run("DELETE FROM sizes WHERE tier = ? AND row = ?", number, row);
    this.rows.run("DELETE FROM own WHERE tier = ? AND row = ?", number, row);
    this.rows.run("INSERT INTO evictions (row, tier) VALUES (?, ?)", row, number);
    if (tier !== "state") {
      this.rows.run("UPDATE batches SET evicted = evicted + ? WHERE row = ?", lines, row);
    }
    countOut(counters, tier, lines, chars);
    return { row, tier };
  }

  /** Evicts this share of the events, ordinary ones first. */
  evictShare(share: number): Evicted[] {
    const incident = this.#incident!;
    const counters = { ...incident.counters };
    const left = Math.floor(counters.events * (1 - share));
    const evicted: Evicted[] = [];
    this.rows.transaction(() => {
      while (counters.events > left) {
        const tier = counters.events > counters.drops ? "ordinary" : "drops";
        evicted.push(this.#evictOldest(tier, counters));
      }
      this.write("incident", { ...incident, counters, revision: incident.revision + 1 });
    });
    this.#incident = { ...incident, counters, revision: incident.revision + 1 };
    return evicted;
  }

  /** Batches after a row, with what the hub has of them: as many as fit a call, at least one. */
  page(after: number, upTo: number, count: number): HubRow[] {
    const found = this.rows.all<Omit<HubRow, "tiers" | "own">>(
      `SELECT row, ticket, header, refused, evicted FROM batches
       WHERE row > ? AND row <= ? ORDER BY row LIMIT ?`,
      ...[after, Math.min(upTo, Number.MAX_SAFE_INTEGER), count],
    );
    const batches: HubRow[] = [];
    let left = PAGE_CHARS_MAX;
    for (const batch of found) {
      const sizes = this.rows.all<{ tier: number; chars: number }>(
        "SELECT tier, chars FROM sizes WHERE tier IN (0, 1, 2) AND row = ? ORDER BY tier",
        batch.row,
      );
      left -= batch.header.length + sizes.reduce((sum, { chars }) => sum + chars, 0);
      if (left < 0 && batches.length > 0) break;
      const tiers = sizes.map(({ tier }) => TIERS[tier]!);
      batches.push({ ...batch, tiers, own: this.#own(batch.row) });
    }
    return batches;
  }

  #own(row: number): HubRow["own"] {
    const texts = new Map<number, string>();
    const sql = "SELECT tier, text FROM own WHERE row = ? ORDER BY tier, piece";
    for (const { tier, text } of this.rows.all<{ tier: number; text: string }>(sql, row)) {
      texts.set(tier, (texts.get(tier) ?? "") + text);
    }
    return [...texts].map(([tier, text]) => ({ tier: TIERS[tier]!, text }));
  }

  tickets(afterRow: number, count: number): [number, string][] {
    return this.rows.all<{ row: number; ticket: string }>(
      "SELECT row, ticket FROM batches WHERE row > ? ORDER BY row LIMIT ?",
      afterRow,
      count,
    ).map(({ row, ticket }) => [row, ticket]);
  }

  evictions(after: number, count: number): [number, number, Tier][] {
    return this.rows.all<{ id: number; row: number; tier: number }>(
      "SELECT id, row, tier FROM evictions WHERE id > ? ORDER BY id LIMIT ?",
      after,
      count,
    ).map(({ id, row, tier }) => [id, row, TIERS[tier]!]);
  }

  get lastEviction(): number {
    return this.rows.first<{ id: number | null }>("SELECT max(id) AS id FROM evictions")?.id ?? 0;
  }

  tokens(): StoredToken[] {
    return this.rows.all<{ document: string }>("SELECT document FROM tokens")
      .map(({ document }) => JSON.parse(document) as StoredToken)
      .sort((a, b) => a.createdMs - b.createdMs);
  }

  putToken(token: StoredToken): void {
    this.rows.run("INSERT INTO tokens VALUES (?, ?)", token.id, JSON.stringify(token));
  }

  dropToken(id: string): boolean {
    const known = this.rows.first("SELECT id FROM tokens WHERE id = ?", id) !== undefined;
    this.rows.run("DELETE FROM tokens WHERE id = ?", id);
    return known;
  }
}

const tierNumber = (tier: Tier) => TIERS.indexOf(tier);

/** What the hub itself has of a batch. */
export function ownBatch({ row, header, refused, evicted, own }: HubRow): StoredBatch {
  const segments = own.map(({ tier, text }) => ({ tier, lines: 0, text }));
  return { row, header: JSON.parse(header), refused, evicted, segments };
}
