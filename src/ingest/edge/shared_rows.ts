/**
 * What several attempts brought to a shard in one turn, as one row. A row that is written costs money and
 * time, and each batch is in as many databases as it has shards: only batches that come together can
 * share what that costs.
 */
import { joinBytes } from "../../event/bytes.ts";
import type { EventTier } from "../../event/kinds.ts";
import type { Bundle, Part, StoredBundle } from "./parts.ts";
import type { Rows } from "./rows.ts";

/** `list` is what the attempts are (`Listed`), the others their texts, one after the other. */
export const SHARED_SCHEMA = `CREATE TABLE IF NOT EXISTS shared (
  id INTEGER PRIMARY KEY, came_ms INTEGER NOT NULL, list TEXT NOT NULL, ordinary BLOB, drops BLOB)`;

const TIERS = ["ordinary", "drops"] as const satisfies EventTier[];
type Tier = typeof TIERS[number];

/** Bytes of one tier in a row: to read one attempt all of its row is read. */
const SHARED_BYTES_MAX = 250_000;

/** One attempt of a row. Its bytes of a tier follow those of the attempts before it. */
interface Listed {
  ticket: string;
  epoch: number;
  parts: Part[];
  ordinary: number;
  drops: number;
}

/** An attempt that is to be kept. */
export interface Offered {
  of: Pick<StoredBundle, "ticket" | "epoch" | "cameMs">;
  bundle: Bundle;
}

/** 1 where a row has a text, else 0. */
type Has = Record<Tier, number>;

/** Stands for the ticket of an attempt that was removed. */
const NOBODY = "";

interface Row {
  id: number;
  /** All that were written to it, in their order. */
  list: Listed[];
  /** Those that are still kept. */
  left: Set<StoredBundle>;
}

/** Where a bundle is. */
interface Place {
  row: Row;
  listed: Listed;
}

/** The rows of one shard that several attempts share. */
export class SharedRows {
  #places = new Map<StoredBundle, Place>();
  #last: number;

  constructor(readonly rows: Rows) {
    this.#last = rows.first<{ id: number | null }>("SELECT MAX(id) AS id FROM shared")?.id ?? 0;
  }

  /** What is in the table. */
  load(): StoredBundle[] {
    const found = this.rows.all<{ id: number; came_ms: number; list: string } & Has>(
      `SELECT id, came_ms, list, ordinary IS NOT NULL AS ordinary, drops IS NOT NULL AS drops
       FROM shared ORDER BY id`,
    );
    return found.flatMap(({ id, came_ms, list, ...has }) =>
      this.#place({ id, list: JSON.parse(list) as Listed[], left: new Set() }, came_ms, has)
    );
  }

  /** Attempts that came in one turn, as few rows as their sizes allow. */
  put(offered: readonly Offered[]): StoredBundle[] {
    return inRows(offered).flatMap((together) => this.#insert(together));
  }

  #insert(together: readonly Offered[]): StoredBundle[] {
    const id = this.#last += 1;
    const { cameMs } = together[0]!.of;
    const list = together.map(({ of: { ticket, epoch }, bundle: { parts, bodies } }): Listed => ({
      ...{ ticket, epoch, parts },
      ...{ ordinary: bodies.ordinary?.length ?? 0, drops: bodies.drops?.length ?? 0 },
    }));
    const texts = TIERS.map((tier) => {
      const bodies = together.flatMap(({ bundle }) => bundle.bodies[tier] ?? []);
      return bodies.length === 0 ? null : joinBytes(bodies);
    });
    this.rows.run(
      "INSERT INTO shared VALUES (?, ?, ?, ?, ?)",
      ...[id, cameMs, JSON.stringify(list), ...texts],
    );
    return this.#place({ id, list, left: new Set() }, cameMs, { ordinary: 1, drops: 1 });
  }

  #place(row: Row, cameMs: number, has: Has): StoredBundle[] {
    return row.list.filter(({ ticket }) => ticket !== NOBODY).map((listed) => {
      const { ticket, epoch, parts } = listed;
      const tiers = new Set<EventTier>(TIERS.filter((tier) => listed[tier] > 0 && has[tier] === 1));
      const bundle = { ticket, source: -1, epoch, cameMs, parts, tiers };
      row.left.add(bundle);
      this.#places.set(bundle, { row, listed });
      return bundle;
    });
  }

  has(bundle: StoredBundle): boolean {
    return this.#places.has(bundle);
  }

  /** Its texts, by tier; null: none of it is kept. */
  bodies(bundle: StoredBundle): Bundle["bodies"] {
    const { row, listed } = this.#places.get(bundle)!;
    const before = row.list.slice(0, row.list.indexOf(listed));
    const from = (tier: Tier) => before.reduce((sum, one) => sum + one[tier], 1);
    const found = this.rows.first<Record<Tier, ArrayBuffer | null>>(
      `SELECT substr(ordinary, ?, ?) AS ordinary, substr(drops, ?, ?) AS drops
       FROM shared WHERE id = ?`,
      ...[from("ordinary"), listed.ordinary, from("drops"), listed.drops, row.id],
    );
    const body = (tier: Tier) => {
      const bytes = found?.[tier] ?? null;
      return bytes === null || listed[tier] === 0 ? null : new Uint8Array(bytes);
    };
    return { ordinary: body("ordinary"), drops: body("drops") };
  }

  /**
   * Forgets it. `isEvicted`: what went is known by the number up to which all went, so that the row is
   * touched only once, when nothing of it is left.
   */
  remove(bundle: StoredBundle, isEvicted: boolean): void {
    const { row, listed } = this.#places.get(bundle)!;
    this.#places.delete(bundle);
    row.left.delete(bundle);
    if (row.left.size === 0) {
      this.rows.run("DELETE FROM shared WHERE id = ?", row.id);
    } else if (!isEvicted) {
      // Its bytes stay where they are, or those of the others would be elsewhere.
      const nobody = { ...listed, ticket: NOBODY, parts: [] };
      row.list = row.list.map((one) => one === listed ? nobody : one);
      const list = JSON.stringify(row.list);
      this.rows.run("UPDATE shared SET list = ? WHERE id = ?", list, row.id);
    }
  }

  /** Forgets its text of a tier, which was evicted. */
  drop(bundle: StoredBundle, tier: Tier): void {
    const { row } = this.#places.get(bundle)!;
    bundle.tiers.delete(tier);
    if ([...row.left].some(({ tiers }) => tiers.has(tier))) return;
    this.rows.run(`UPDATE shared SET ${tier} = NULL WHERE id = ?`, row.id);
  }
}

/** Offers of one turn by the rows that they share: each as full as it may be. */
function inRows(offered: readonly Offered[]): Offered[][] {
  const found: Offered[][] = [];
  const room = { ordinary: 0, drops: 0 };
  for (const one of offered) {
    const size = (tier: Tier) => one.bundle.bodies[tier]?.length ?? 0;
    if (found.length === 0 || TIERS.some((tier) => room[tier] < size(tier))) {
      found.push([]);
      for (const tier of TIERS) room[tier] = SHARED_BYTES_MAX;
    }
    found.at(-1)!.push(one);
    for (const tier of TIERS) room[tier] -= size(tier);
  }
  return found;
}

/** Whether it may be in a row with others: long texts have pieces of their own. */
export const fitsShared = ({ bodies }: Bundle): boolean =>
  TIERS.every((tier) => (bodies[tier]?.length ?? 0) <= SHARED_BYTES_MAX);
