/**
 * States as lines, by what is other than in one that was told whole before, where who takes them
 * understands that: on a node of large tables a reading a second is mostly what was told already.
 */
import type { NetnsState } from "../../event/state.ts";
import { Base } from "../../event/state_difference.ts";
import { DIFFERING } from "../../event/state_pieces.ts";

/** Shorter lines are told whole, characters: little is saved. */
const WHOLE_CHARS = 4_000;
/**
 * So often a state is told whole at least: when the line it was in is lost, or was thrown away as the
 * oldest, all that differ from it are not known.
 */
const WHOLE_NS = 60_000_000_000n;
/** Rows of all states that others differ from, which are kept with the text of each: some 40 MiB. */
const ROWS_MAX = 100_000;

interface Told {
  base: Base;
  rows: number;
  /** Characters of the state itself, and of all that were told by difference from it. */
  chars: number;
  differing: number;
}

/** Makes the lines of one node's states. */
export class StateLines {
  /** Whether who takes them knows states that are told by difference. */
  tellsDifferences = false;
  readonly #told = new Map<number, Told>();
  #rows = 0;

  /** The state is kept, and must not be changed any more. */
  lineOf(state: NetnsState): string {
    return this.#difference(state) ?? this.#whole(state);
  }

  #difference(state: NetnsState): string | null {
    const told = this.#told.get(state.netns);
    if (told === undefined || !this.tellsDifferences || state.ended) return null;
    const sinceNs = BigInt(state.timeNs) - BigInt(told.base.state.timeNs);
    if (sinceNs <= 0n || sinceNs >= WHOLE_NS) return null;
    const line = JSON.stringify(told.base.difference(state));
    // As long as all differences together are no longer than the whole, they at most double it.
    if (told.differing + line.length > told.chars || line.length > told.chars / 2) return null;
    told.differing += line.length;
    return line;
  }

  #whole(state: NetnsState): string {
    const { netns } = state;
    const line = JSON.stringify(state);
    this.#rows -= this.#told.get(netns)?.rows ?? 0;
    this.#told.delete(netns);
    const rows = rowsOf(state);
    if (this.tellsDifferences && line.length > WHOLE_CHARS && this.#rows + rows <= ROWS_MAX) {
      this.#rows += rows;
      const told = { base: new Base(state), rows, chars: line.length, differing: 0 };
      this.#told.set(netns, told);
    }
    return line;
  }
}

const rowsOf = (state: NetnsState): number =>
  DIFFERING.reduce((sum, table) => sum + Object.keys(state[table]).length, 0);
