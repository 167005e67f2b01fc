/**
 * A state told by what is other than in one that was told whole: of 10,000 routes and neighbours one
 * that changed is a hundred characters, where all of them are three million (rule D12).
 */
import { type Copied, DIFFERING, type Differing, type Piece, PIECES_MAX } from "./state_pieces.ts";
import type { NetnsState } from "./state.ts";

/** Rows of one table, as many as a state may have. */
const ROWS_MAX = 100_000;

const rowsIn = (state: NetnsState, table: Differing): readonly unknown[] =>
  table === "sysctls" ? Object.entries(state.sysctls) : state[table];

const tableOf = (table: Differing, rows: readonly unknown[]) =>
  table === "sysctls" ? Object.fromEntries(rows as [string, string][]) : rows;

interface InPieces {
  pieces: Piece[] | "all";
  rows: unknown[];
}

/** A state that was told whole, as others are told by what they have in common with it. */
export class Base {
  readonly #indexes = new Map<Differing, { texts: string[]; first: Map<string, number> }>();

  constructor(readonly state: NetnsState) {}

  /** The same state by difference from this one. It need not be shorter. */
  difference(state: NetnsState): NetnsState {
    const copied: Copied = {};
    const own: Partial<Record<Differing, unknown>> = {};
    for (const table of DIFFERING) {
      const found = this.#inPieces(state, table);
      if (found === null) continue;
      copied[table] = found.pieces;
      own[table] = tableOf(table, found.rows);
    }
    const { timeNs } = this.state;
    return { ...state, ...own, kind: "state-difference", base: timeNs, copied } as NetnsState;
  }

  /** Null: the table has nothing in common with it, or is too much in pieces. */
  #inPieces(state: NetnsState, table: Differing): InPieces | null {
    const before = rowsIn(this.state, table);
    if (before.length === 0) return null;
    if (state[table] === this.state[table]) return { pieces: "all", rows: [] };
    const { texts, first } = this.#index(table, before);
    const [pieces, rows]: [Piece[], unknown[]] = [[], []];
    let next = 0;
    // Once each: rows of one table that say the same are several objects, as those of a line are.
    const used = new Set<number>();
    for (const row of rowsIn(state, table)) {
      const text = JSON.stringify(row);
      const at = texts[next] === text ? next : first.get(text);
      const last = pieces.at(-1);
      if (at === undefined || used.has(at)) {
        rows.push(row);
        if (typeof last === "number") pieces[pieces.length - 1] = last + 1;
        else pieces.push(1);
        continue;
      }
      used.add(at);
      if (Array.isArray(last) && last[0] + last[1] === at) last[1] += 1;
      else pieces.push([at, 1]);
      next = at + 1;
    }
    if (used.size === 0 || pieces.length > PIECES_MAX) return null;
    const isSame = pieces.length === 1 && next === before.length && rows.length === 0;
    return { pieces: isSame && at0(pieces[0]!) ? "all" : pieces, rows };
  }

  #index(table: Differing, rows: readonly unknown[]) {
    const known = this.#indexes.get(table);
    if (known !== undefined) return known;
    const texts = rows.map((row) => JSON.stringify(row));
    const first = new Map<string, number>();
    texts.forEach((text, i) => first.has(text) || first.set(text, i));
    const index = { texts, first };
    this.#indexes.set(table, index);
    return index;
  }
}

const at0 = (piece: Piece): boolean => typeof piece !== "number" && piece[0] === 0;

/** Whether it is only what differs from another state. */
export const isDifference = ({ kind }: NetnsState): boolean => kind === "state-difference";

/**
 * The state that a difference tells, with the rows of `whole` where they are the same; null where it is
 * not from this one.
 */
export function wholeOf(difference: NetnsState, whole: NetnsState): NetnsState | null {
  const { base, copied = {}, ...rest } = difference;
  if (isDifference(whole) || whole.netns !== rest.netns || whole.timeNs !== base) return null;
  const tables: Partial<Record<Differing, unknown>> = {};
  for (const table of DIFFERING) {
    const pieces = copied[table];
    if (pieces === undefined) continue;
    const made = joined(pieces, difference, whole, table);
    if (made === null) return null;
    tables[table] = made;
  }
  return { ...rest, ...tables, kind: "state" } as NetnsState;
}

function joined(
  pieces: readonly Piece[] | "all",
  difference: NetnsState,
  whole: NetnsState,
  table: Differing,
): unknown {
  const told = rowsIn(difference, table);
  // The table itself, so that it takes no more memory.
  if (pieces === "all") return told.length === 0 ? whole[table] : null;
  const before = rowsIn(whole, table);
  const rows: unknown[] = [];
  let taken = 0;
  for (const piece of pieces) {
    const [from, size] = typeof piece === "number" ? [taken, piece] : piece;
    const source = typeof piece === "number" ? told : before;
    if (from + size > source.length || rows.length + size > ROWS_MAX) return null;
    for (let i = from; i < from + size; i++) rows.push(source[i]);
    if (typeof piece === "number") taken += size;
  }
  return taken === told.length ? tableOf(table, rows) : null;
}
