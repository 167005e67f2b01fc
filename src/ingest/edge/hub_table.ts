/** The tables of an incident's hub: the incident, its batches and tokens, and what was evicted. */
import type { StoreLimits } from "../limits.ts";
import { evictEvents, evictToFit, type RemovedSegment } from "../stores/retention.ts";
import {
  type Evicted,
  type Incident,
  type StoredBatch,
  type StoredToken,
  type Tier,
  TIERS,
} from "../stores/store.ts";
import type { DurableObjectState } from "./cloudflare.ts";
import type { Commit, HubRow, Layout } from "./parts.ts";
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

/** The tables of one incident's hub. */
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

  /**
   * The batch, and `incident` as the decision wants it: all of it or nothing. Tells what had to be
   * evicted for it.
   */
  insert(commit: Commit, incident: Incident, limits: StoreLimits): Evicted[] {
    const row = this.#row + 1;
    const { probe, sequence } = JSON.parse(commit.header);
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
      const gone = evictToFit(incident.counters, limits, (tier) => this.#removeOldest(tier));
      this.write("incident", incident);
      return gone;
    });
    this.#incident = incident;
    this.#row = row;
    return evicted;
  }

  #removeOldest(tier: Tier): RemovedSegment {
    const number = tierNumber(tier);
    const oldest = this.rows.first<RemovedSegment>(
      "SELECT row, lines, chars FROM sizes WHERE tier = ? ORDER BY row LIMIT 1",
      number,
    )!;
    const { row, lines } = oldest;
    this.rows.run("DELETE FROM sizes WHERE tier = ? AND row = ?", number, row);
    this.rows.run("DELETE FROM own WHERE tier = ? AND row = ?", number, row);
    this.rows.run("INSERT INTO evictions (row, tier) VALUES (?, ?)", row, number);
    if (tier !== "state") {
      this.rows.run("UPDATE batches SET evicted = evicted + ? WHERE row = ?", lines, row);
    }
    return oldest;
  }

  /** Evicts this share of the events, from 0 to 1, ordinary ones first. */
  evictShare(share: number): Evicted[] {
    const before = this.#incident!;
    const counters = { ...before.counters };
    const incident = { ...before, counters, revision: before.revision + 1 };
    const eventsMax = Math.floor(counters.events * (1 - share));
    const evicted = this.rows.transaction(() => {
      const gone = evictEvents(counters, eventsMax, (tier) => this.#removeOldest(tier));
      this.write("incident", incident);
      return gone;
    });
    this.#incident = incident;
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
