/**
 * The tables of an incident's hub: the incident, its batches and tokens, and what was evicted. A row
 * that is written costs money and time, so a batch is one row (and one of its index): what the incident
 * adds up to after it is in the same row, and what was evicted is told by one number for each tier.
 */
import type { StoreLimits } from "../limits.ts";
import { evictEvents, evictToFit, type RemovedSegment } from "../stores/retention.ts";
import {
  type Evicted,
  type Incident,
  type StoredBatch,
  type Tier,
  TIERS,
} from "../stores/store.ts";
import type { DurableObjectState } from "./cloudflare.ts";
import { carryOver } from "./hub_table_before.ts";
import type { CommitBatch, EvictedTo, HubRow, Layout } from "./parts.ts";
import { Rows, textPieces } from "./rows.ts";
import { TokenTable } from "./token_table.ts";

const SCHEMA = [
  "CREATE TABLE IF NOT EXISTS documents (name TEXT PRIMARY KEY, text TEXT NOT NULL)",
  // `head`: the incident after this batch, or "" where that is in `documents`.
  `CREATE TABLE IF NOT EXISTS acknowledged (
    row INTEGER PRIMARY KEY, probe TEXT NOT NULL, sequence INTEGER NOT NULL, ticket TEXT NOT NULL,
    at INTEGER NOT NULL, refused INTEGER NOT NULL, evicted INTEGER NOT NULL,
    ordinary_lines INTEGER NOT NULL, ordinary_chars INTEGER NOT NULL,
    drops_lines INTEGER NOT NULL, drops_chars INTEGER NOT NULL,
    state_lines INTEGER NOT NULL, state_chars INTEGER NOT NULL,
    head TEXT NOT NULL, header TEXT NOT NULL, UNIQUE (probe, sequence))`,
  `CREATE TABLE IF NOT EXISTS own (row INTEGER NOT NULL, tier INTEGER NOT NULL,
    piece INTEGER NOT NULL, text TEXT NOT NULL, PRIMARY KEY (row, tier, piece)) WITHOUT ROWID`,
];

/** Characters of whole batches that are put together at once. A call carries at most 32 MiB. */
const PAGE_CHARS_MAX = 8 * 2 ** 20;

/** What changes with every batch. */
interface Head {
  incident: Incident;
  evictedTo: EvictedTo;
  /** Row of the last batch when it was written. */
  row: number;
}

/** The attempt that a batch came with. */
export interface Attempt {
  ticket: string;
  /** Which batch of it, from 0. */
  at: number;
  /** Other batches come with it: what the incident adds up to is written once, by `save`. */
  isOneOfMany: boolean;
}

type Sizes = Record<`${Tier}_${"lines" | "chars"}`, number>;

/** The tables of one incident's hub. */
export class HubTable {
  readonly rows: Rows;
  readonly tokens: TokenTable;
  #incident: Incident | null = null;
  #evictedTo: EvictedTo = { ordinary: 0, drops: 0, state: 0 };
  #layout: Layout;
  #row = 0;

  constructor(ctx: DurableObjectState) {
    this.rows = new Rows(ctx, SCHEMA);
    carryOver(this.rows);
    this.tokens = new TokenTable(this.rows);
    this.#layout = this.read<Layout>("layout") ?? { shards: 1, epoch: 1 };
    this.#load();
  }

  #load(): void {
    const written = this.read<Head>("head");
    const last = this.rows.first<{ row: number; head: string }>(
      "SELECT row, head FROM acknowledged ORDER BY row DESC LIMIT 1",
    );
    this.#row = last?.row ?? 0;
    const isNewer = last !== undefined && last.head !== "" && last.row > (written?.row ?? 0);
    const head = isNewer ? JSON.parse(last.head) as Head : written;
    this.#incident = head?.incident ?? null;
    this.#evictedTo = head?.evictedTo ?? { ordinary: 0, drops: 0, state: 0 };
  }

  /** All that `change` does to the table, or nothing: then what is in memory is as before, too. */
  transaction<T>(change: () => T): T {
    try {
      return this.rows.transaction(change);
    } catch (error) {
      this.#load();
      throw error;
    }
  }

  get incident(): Incident | null {
    return this.#incident;
  }

  get layout(): Layout {
    return this.#layout;
  }

  /** Row of the last batch, or 0. */
  get row(): number {
    return this.#row;
  }

  get evictedTo(): EvictedTo {
    return this.#evictedTo;
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
    this.#incident = incident;
    this.save();
  }

  /** Writes what the incident is now. */
  save(): void {
    this.write("head", this.#head(this.#row));
  }

  #head(row: number): Head {
    return { incident: this.#incident!, evictedTo: this.#evictedTo, row };
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
    const sql = "SELECT row FROM acknowledged WHERE probe = ? AND sequence = ?";
    return this.rows.first(sql, probe, sequence) !== undefined;
  }

  /**
   * The batch of a probe, and `incident` as the decision wants it. Call inside a transaction. Tells what
   * had to be evicted for it.
   */
  insert(
    batch: CommitBatch,
    { ticket, at, isOneOfMany }: Attempt,
    incident: Incident,
    limits: StoreLimits,
  ): Evicted[] {
    const row = this.#row + 1;
    for (const { tier, text } of batch.own) {
      textPieces(text).forEach((piece, i) =>
        this.rows.run("INSERT INTO own VALUES (?, ?, ?, ?)", row, tierNumber(tier), i, piece)
      );
    }
    // Not yet written, so it can't be among what is evicted for it: it is looked at last.
    const own = new Map(batch.sizes.map((size) => [size.tier, { row, ...size }]));
    const evicted = evictToFit(
      incident.counters,
      limits,
      (tier) => this.#removeOldest(tier, own.get(tier)),
    );
    this.#incident = incident;
    const size = (tier: Tier) => {
      const { lines = 0, chars = 0 } = batch.sizes.find((one) => one.tier === tier) ?? {};
      return [lines, chars];
    };
    this.rows.run(
      `INSERT INTO acknowledged VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
      ...[row, batch.probe, batch.sequence, ticket, at, batch.refused, batch.evicted],
      ...TIERS.flatMap(size),
      ...[isOneOfMany ? "" : JSON.stringify(this.#head(row)), batch.header],
    );
    this.#row = row;
    return evicted;
  }

  /** `newest`: what a batch has of the tier that is being stored and is not in the table yet. */
  #removeOldest(tier: Tier, newest?: RemovedSegment): RemovedSegment {
    const oldest = this.rows.first<RemovedSegment>(
      `SELECT row, ${tier}_lines AS lines, ${tier}_chars AS chars FROM acknowledged
       WHERE row > ? AND ${tier}_lines > 0 ORDER BY row LIMIT 1`,
      this.#evictedTo[tier],
    ) ?? newest!;
    const { row, lines, chars } = oldest;
    this.#evictedTo = { ...this.#evictedTo, [tier]: row };
    this.rows.run("DELETE FROM own WHERE row = ? AND tier = ?", row, tierNumber(tier));
    return { row, lines, chars };
  }

  /** Evicts this share of the events, from 0 to 1, ordinary ones first. */
  evictShare(share: number): Evicted[] {
    const before = this.#incident!;
    const counters = { ...before.counters };
    const eventsMax = Math.floor(counters.events * (1 - share));
    return this.transaction(() => {
      const gone = evictEvents(counters, eventsMax, (tier) => this.#removeOldest(tier));
      this.saveIncident({ ...before, counters, revision: before.revision + 1 });
      return gone;
    });
  }

  /** Batches after a row, with what the hub has of them: as many as fit a call, at least one. */
  page(after: number, upTo: number, count: number): HubRow[] {
    const found = this.rows.all<Omit<HubRow, "tiers" | "own"> & Sizes>(
      `SELECT row, ticket, at, header, refused, evicted, ordinary_lines, ordinary_chars,
       drops_lines, drops_chars, state_lines, state_chars FROM acknowledged
       WHERE row > ? AND row <= ? ORDER BY row LIMIT ?`,
      ...[after, Math.min(upTo, Number.MAX_SAFE_INTEGER), count],
    );
    const batches: HubRow[] = [];
    let left = PAGE_CHARS_MAX;
    for (const batch of found) {
      const { row, ticket, at, header, refused } = batch;
      const tiers = TIERS.filter((tier) =>
        batch[`${tier}_lines`] > 0 && row > this.#evictedTo[tier]
      );
      left -= header.length + tiers.reduce((sum, tier) => sum + batch[`${tier}_chars`], 0);
      if (left < 0 && batches.length > 0) break;
      const gone = (["ordinary", "drops"] as const).filter((tier) => row <= this.#evictedTo[tier]);
      const evicted = gone.reduce((sum, tier) => sum + batch[`${tier}_lines`], batch.evicted);
      batches.push({ row, ticket, at, header, refused, evicted, tiers, own: this.#own(row) });
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

  /** Batches after a row that came with events: row, ticket, and which of the attempt it is. */
  tickets(afterRow: number, count: number): [row: number, ticket: string, at: number][] {
    return this.rows.all<{ row: number; ticket: string; at: number }>(
      `SELECT row, ticket, at FROM acknowledged
       WHERE row > ? AND (ordinary_lines > 0 OR drops_lines > 0) ORDER BY row LIMIT ?`,
      ...[afterRow, count],
    ).map(({ row, ticket, at }) => [row, ticket, at]);
  }
}

const tierNumber = (tier: Tier) => TIERS.indexOf(tier);

/** What the hub itself has of a batch. */
export function ownBatch({ row, header, refused, evicted, own }: HubRow): StoredBatch {
  const segments = own.map(({ tier, text }) => ({ tier, lines: 0, text }));
  return { row, header: JSON.parse(header), refused, evicted, segments };
}
