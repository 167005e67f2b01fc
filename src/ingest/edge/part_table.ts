/** The table of one shard's parts. */
import { type Tier, TIERS } from "../stores/store.ts";
import type { DurableObjectState } from "./cloudflare.ts";
import type { Part } from "./parts.ts";
import { bytePieces, joinBytes, Rows } from "./rows.ts";

/** `source` is the shard that a part was moved from, or -1; `row` is null until it is confirmed. */
const SCHEMA = [
  `CREATE TABLE IF NOT EXISTS parts (
    id INTEGER PRIMARY KEY AUTOINCREMENT, ticket TEXT NOT NULL, tier INTEGER NOT NULL,
    source INTEGER NOT NULL, node TEXT NOT NULL, row INTEGER, lines INTEGER NOT NULL,
    chars INTEGER NOT NULL, came_ms INTEGER NOT NULL, epoch INTEGER NOT NULL,
    UNIQUE (ticket, tier, source))`,
  "CREATE INDEX IF NOT EXISTS parts_by_row ON parts (row, tier)",
  `CREATE TABLE IF NOT EXISTS bodies (part INTEGER NOT NULL, piece INTEGER NOT NULL,
    body BLOB NOT NULL, PRIMARY KEY (part, piece)) WITHOUT ROWID`,
  "CREATE TABLE IF NOT EXISTS numbers (name TEXT PRIMARY KEY, value INTEGER NOT NULL)",
];

/** A part as the shard's table has it. */
export interface StoredPart {
  id: number;
  ticket: string;
  node: string;
  /** Index in `TIERS`. */
  tier: number;
  /** Row of its batch; null: it is not confirmed yet. */
  row: number | null;
}

/** The tables of one shard. */
export class PartTable {
  readonly rows: Rows;

  constructor(ctx: DurableObjectState) {
    this.rows = new Rows(ctx, SCHEMA);
  }

  number(name: "row" | "eviction" | "epoch"): number {
    const found = this.rows.first<{ value: number }>(
      "SELECT value FROM numbers WHERE name = ?",
      name,
    );
    return found?.value ?? 0;
  }

  set(name: "row" | "eviction" | "epoch", value: number): void {
    this.rows.run("INSERT OR REPLACE INTO numbers VALUES (?, ?)", name, value);
  }

  /** Keeps it instead of what came before from the same attempt; gives the ids of those. */
  put(
    of: { ticket: string; node: string; source: number },
    { tier, lines, chars, body }: Part,
    nowMs: number,
  ): number[] {
    const { ticket, node, source } = of;
    const number = TIERS.indexOf(tier);
    const before = this.rows.all<{ id: number }>(
      "SELECT id FROM parts WHERE ticket = ? AND tier = ? AND source = ?",
      ticket,
      number,
      source,
    ).map(({ id }) => id);
    for (const id of before) this.#remove(id);
    const { id } = this.rows.first<{ id: number }>(
      `INSERT INTO parts (ticket, tier, source, node, row, lines, chars, came_ms, epoch)
       VALUES (?, ?, ?, ?, NULL, ?, ?, ?, ?) RETURNING id`,
      ...[ticket, number, source, node, lines, chars, nowMs, this.number("epoch")],
    )!;
    this.#putBody(id, body);
    return before;
  }

  #putBody(id: number, body: Uint8Array): void {
    bytePieces(body).forEach((piece, i) =>
      this.rows.run("INSERT INTO bodies VALUES (?, ?, ?)", id, i, piece)
    );
  }

  body(id: number): Uint8Array<ArrayBuffer> {
    const pieces = this.rows.all<{ body: ArrayBuffer }>(
      "SELECT body FROM bodies WHERE part = ? ORDER BY piece",
      id,
    );
    return joinBytes(pieces.map(({ body }) => body));
  }

  /** Keeps this instead, unless the part is gone by now. */
  replace(id: number, part: Omit<Part, "tier">, epoch: number): void {
    if (this.rows.first("SELECT id FROM parts WHERE id = ?", id) === undefined) return;
    this.rows.run("DELETE FROM bodies WHERE part = ?", id);
    if (part.lines === 0) {
      this.rows.run("DELETE FROM parts WHERE id = ?", id);
      return;
    }
    this.#putBody(id, part.body);
    this.rows.run(
      "UPDATE parts SET lines = ?, chars = ?, epoch = ? WHERE id = ?",
      ...[part.lines, part.chars, epoch, id],
    );
  }

  #remove(id: number): void {
    this.rows.run("DELETE FROM bodies WHERE part = ?", id);
    this.rows.run("DELETE FROM parts WHERE id = ?", id);
  }

  confirm(ticket: string, row: number): void {
    this.rows.run("UPDATE parts SET row = ? WHERE ticket = ?", row, ticket);
  }

  /** Forgets an attempt, unless it was confirmed after all. */
  withdraw(ticket: string): void {
    for (const { id, row } of this.ofTicket(ticket)) if (row === null) this.#remove(id);
  }

  /** Ids of what is gone. */
  evict(row: number, tier: Tier): number[] {
    const ids = this.rows.all<{ id: number }>(
      "SELECT id FROM parts WHERE row = ? AND tier = ?",
      row,
      TIERS.indexOf(tier),
    ).map(({ id }) => id);
    for (const id of ids) this.#remove(id);
    return ids;
  }

  /** Forgets attempts that were never confirmed. */
  sweep(beforeMs: number): void {
    const old = this.rows.all<{ id: number }>(
      "SELECT id FROM parts WHERE row IS NULL AND came_ms < ?",
      beforeMs,
    );
    for (const { id } of old) this.#remove(id);
  }

  confirmed(): StoredPart[] {
    return this.rows.all("SELECT * FROM parts WHERE row IS NOT NULL ORDER BY row, tier, source");
  }

  /** Acknowledged ones. */
  events(): number {
    const sql = "SELECT sum(lines) AS events FROM parts WHERE row IS NOT NULL";
    return this.rows.first<{ events: number | null }>(sql)?.events ?? 0;
  }

  ofTicket(ticket: string): StoredPart[] {
    return this.rows.all("SELECT * FROM parts WHERE ticket = ? ORDER BY tier, source", ticket);
  }

  notSpread(epoch: number): StoredPart[] {
    return this.rows.all("SELECT * FROM parts WHERE epoch < ? ORDER BY id", epoch);
  }
}
