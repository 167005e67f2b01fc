/**
 * The tables of one shard. All that it keeps of one attempt is in one row, which those that came with it
 * share; which rows are there, and what the hub said of them, is in memory, too, so that nothing is
 * written for each of them again.
 */
import type { EventTier } from "../../event/kinds.ts";
import { carryOver } from "./bundle_table_before.ts";
import type { DurableObjectState } from "./cloudflare.ts";
import type { Bundle, EvictedTo, Moved, Part, StoredBundle } from "./parts.ts";
import { bytePieces, joinPieces, Rows } from "./rows.ts";
import { fitsShared, type Offered, SHARED_SCHEMA, SharedRows } from "./shared_rows.ts";

/** `source` is the shard that a bundle was moved from, or -1. In `bundles` are those that share no row. */
const SCHEMA = [
  SHARED_SCHEMA,
  `CREATE TABLE IF NOT EXISTS bundles (
    ticket TEXT NOT NULL, source INTEGER NOT NULL, piece INTEGER NOT NULL,
    came_ms INTEGER NOT NULL, epoch INTEGER NOT NULL, parts TEXT NOT NULL, ordinary BLOB, drops BLOB,
    PRIMARY KEY (ticket, source, piece)) WITHOUT ROWID`,
  // Confirmations as they were told, `[row, ticket, at][]` as JSON.
  "CREATE TABLE IF NOT EXISTS confirmed (id INTEGER PRIMARY KEY, list TEXT NOT NULL)",
  "CREATE TABLE IF NOT EXISTS numbers (name TEXT PRIMARY KEY, value INTEGER NOT NULL)",
];

/** Rows of confirmations that are made one again. */
const LISTS_MAX = 64;
/** Confirmations in one row: some hundred thousand characters. */
const LIST_MAX = 5_000;

type Confirmed = [row: number, ticket: string, at: number];

interface FoundBundle extends Pick<StoredBundle, "ticket" | "source" | "epoch"> {
  came_ms: number;
  parts: string;
  /** 1 where the text is there, else 0. */
  ordinary: number;
  drops: number;
}

const EVENT_TIERS = ["ordinary", "drops"] as const satisfies EventTier[];

/** The tables of one shard. */
export class BundleTable {
  readonly rows: Rows;
  #shared: SharedRows;
  /** By ticket; of one ticket there are several where some came from other shards. */
  #bundles = new Map<string, StoredBundle[]>();
  /** By ticket the rows of its batches, at their numbers in the attempt. */
  #confirmed = new Map<string, number[]>();
  #lists: number;
  #numbers: Map<string, number>;
  #evictedTo: EvictedTo;

  constructor(ctx: DurableObjectState) {
    this.rows = new Rows(ctx, SCHEMA);
    carryOver(this.rows);
    const numbers = this.rows.all<{ name: string; value: number }>("SELECT * FROM numbers");
    this.#numbers = new Map(numbers.map(({ name, value }) => [name, value]));
    const of = (name: EventTier) => this.#numbers.get(name) ?? 0;
    this.#evictedTo = { ordinary: of("ordinary"), drops: of("drops"), state: 0 };
    const found = this.rows.all<FoundBundle>(
      `SELECT ticket, source, epoch, came_ms, parts, ordinary IS NOT NULL AS ordinary,
       drops IS NOT NULL AS drops FROM bundles WHERE piece = 0`,
    );
    for (const { ticket, source, epoch, came_ms: cameMs, parts, ...has } of found) {
      const tiers = new Set(EVENT_TIERS.filter((tier) => has[tier] === 1));
      this.#add({ ticket, source, epoch, cameMs, parts: JSON.parse(parts) as Part[], tiers });
    }
    this.#shared = new SharedRows(this.rows);
    for (const bundle of this.#shared.load()) this.#add(bundle);
    const lists = this.rows.all<{ list: string }>("SELECT list FROM confirmed ORDER BY id");
    this.#lists = lists.length;
    for (const { list } of lists) this.#learn(JSON.parse(list) as Confirmed[]);
    this.#forgetEvicted();
  }

  #add(bundle: StoredBundle): void {
    this.#bundles.set(bundle.ticket, [...this.ofTicket(bundle.ticket), bundle]);
  }

  number(name: "row" | "epoch"): number {
    return this.#numbers.get(name) ?? 0;
  }

  set(name: "row" | "epoch" | EventTier, value: number): void {
    if (this.#numbers.get(name) === value) return;
    this.rows.run("INSERT OR REPLACE INTO numbers VALUES (?, ?)", name, value);
    this.#numbers.set(name, value);
    if (name === "ordinary" || name === "drops") {
      this.#evictedTo = { ...this.#evictedTo, [name]: value };
    }
  }

  get evictedTo(): EvictedTo {
    return this.#evictedTo;
  }

  get all(): StoredBundle[] {
    return [...this.#bundles.values()].flat();
  }

  ofTicket(ticket: string): readonly StoredBundle[] {
    return this.#bundles.get(ticket) ?? [];
  }

  /** Keeps what came in one turn, each instead of what came before from the same attempt. */
  putAll(offered: readonly Offered[]): void {
    const shared: Offered[] = [];
    for (const one of new Map(offered.map((one) => [one.of.ticket, one])).values()) {
      const { of, bundle } = one;
      if (!fitsShared(bundle)) this.put({ ...of, source: -1 }, bundle);
      else {
        this.#removeFrom(of.ticket, -1);
        shared.push(one);
      }
    }
    for (const bundle of this.#shared.put(shared)) this.#add(bundle);
  }

  #removeFrom(ticket: string, source: number): void {
    for (const known of this.ofTicket(ticket)) if (known.source === source) this.remove(known);
  }

  /** Keeps it instead of what came before from the same attempt. */
  put(of: Omit<StoredBundle, "parts" | "tiers">, { parts, bodies }: Bundle): StoredBundle {
    const tiers = new Set(EVENT_TIERS.filter((tier) => bodies[tier] !== null));
    const bundle = { ...of, parts, tiers };
    const { ticket, source, cameMs, epoch } = bundle;
    this.#removeFrom(ticket, source);
    const [ordinary, drops] = [bodies.ordinary, bodies.drops].map((body) =>
      body === null ? [] : bytePieces(body)
    );
    for (let i = 0; i < Math.max(1, ordinary!.length, drops!.length); i++) {
      this.rows.run(
        "INSERT INTO bundles VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
        ...[ticket, source, i, cameMs, epoch, i === 0 ? JSON.stringify(parts) : ""],
        ...[ordinary![i] ?? null, drops![i] ?? null],
      );
    }
    this.#add(bundle);
    return bundle;
  }

  /** Its texts, by tier; null: none of it is kept. */
  bodies(bundle: StoredBundle): Bundle["bodies"] {
    if (this.#shared.has(bundle)) return this.#shared.bodies(bundle);
    const { ticket, source } = bundle;
    const pieces = this.rows.all<Record<EventTier, ArrayBuffer | null>>(
      "SELECT ordinary, drops FROM bundles WHERE ticket = ? AND source = ? ORDER BY piece",
      ticket,
      source,
    );
    const joined = (tier: EventTier) => {
      const found = pieces.map((piece) => piece[tier]).filter((piece) => piece !== null);
      return found.length === 0 ? null : joinPieces(found);
    };
    return { ordinary: joined("ordinary"), drops: joined("drops") };
  }

  remove(bundle: StoredBundle, isEvicted = false): void {
    const { ticket, source } = bundle;
    if (this.#shared.has(bundle)) this.#shared.remove(bundle, isEvicted);
    else this.rows.run("DELETE FROM bundles WHERE ticket = ? AND source = ?", ticket, source);
    const others = this.ofTicket(ticket).filter((one) => one.source !== source);
    if (others.length > 0) this.#bundles.set(ticket, others);
    else this.#bundles.delete(ticket);
  }

  /** The row of a part's batch when that is acknowledged and the part not evicted; else null. */
  rowOf({ ticket }: StoredBundle, { at, tier }: Part): number | null {
    const row = this.#confirmed.get(ticket)?.[at];
    return row !== undefined && row > this.#evictedTo[tier] ? row : null;
  }

  /** What the hub said of a ticket. */
  confirmedOf(ticket: string): Moved["confirmed"] {
    return Object.entries(this.#confirmed.get(ticket) ?? []).map(([at, row]) => [row, Number(at)]);
  }

  /** Takes confirmations, and keeps those of what is here. */
  confirm(told: readonly Confirmed[]): void {
    const own = told.filter(([, ticket]) => this.#bundles.has(ticket));
    if (own.length === 0) return;
    this.#learn(own);
    if (this.#lists >= LISTS_MAX) return this.#rewrite();
    this.rows.run("INSERT INTO confirmed (list) VALUES (?)", JSON.stringify(own));
    this.#lists += 1;
  }

  #learn(told: readonly Confirmed[]): void {
    for (const [row, ticket, at] of told) {
      const rows = this.#confirmed.get(ticket) ?? [];
      rows[at] = row;
      this.#confirmed.set(ticket, rows);
    }
  }

  /** All confirmations anew, without those of what is gone. */
  #rewrite(): void {
    const kept: Confirmed[] = [];
    for (const ticket of [...this.#confirmed.keys()]) {
      if (!this.#bundles.has(ticket)) this.#confirmed.delete(ticket);
      else for (const [row, at] of this.confirmedOf(ticket)) kept.push([row, ticket, at]);
    }
    this.rows.run("DELETE FROM confirmed");
    this.#lists = 0;
    for (let at = 0; at < kept.length; at += LIST_MAX) {
      const list = JSON.stringify(kept.slice(at, at + LIST_MAX));
      this.rows.run("INSERT INTO confirmed (list) VALUES (?)", list);
      this.#lists += 1;
    }
  }

  /** Lines of batches up to these rows are gone; frees the texts of which nothing is left. */
  evict({ ordinary, drops }: EvictedTo): void {
    this.set("ordinary", ordinary);
    this.set("drops", drops);
    this.#forgetEvicted();
  }

  #forgetEvicted(): void {
    for (const bundle of this.all) {
      if (!this.#confirmed.has(bundle.ticket)) continue;
      const kept = bundle.parts.filter((part) => this.rowOf(bundle, part) !== null);
      if (kept.length === 0) this.remove(bundle, true);
      else {
        for (const tier of [...bundle.tiers]) {
          if (!kept.some((part) => part.tier === tier)) this.#drop(bundle, tier);
        }
      }
    }
  }

  #drop(bundle: StoredBundle, tier: EventTier): void {
    if (this.#shared.has(bundle)) return this.#shared.drop(bundle, tier);
    const { ticket, source, tiers } = bundle;
    this.rows.run(
      `UPDATE bundles SET ${tier} = NULL WHERE ticket = ? AND source = ?`,
      ticket,
      source,
    );
    tiers.delete(tier);
  }

  /** Forgets an attempt, unless some of it was confirmed after all. */
  withdraw(ticket: string): void {
    if (this.#confirmed.has(ticket)) return;
    for (const bundle of this.ofTicket(ticket)) this.remove(bundle);
  }

  /** Forgets attempts that were never confirmed. */
  sweep(beforeMs: number): void {
    for (const bundle of this.all) {
      if (bundle.cameMs < beforeMs && !this.#confirmed.has(bundle.ticket)) this.remove(bundle);
    }
  }

  /** Acknowledged events that are kept. */
  events(): number {
    let events = 0;
    for (const bundle of this.all) {
      for (const part of bundle.parts) {
        if (this.rowOf(bundle, part) !== null) events += part.lines;
      }
    }
    return events;
  }
}
