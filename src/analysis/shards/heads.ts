/** What a hub tells its shards of batches: each once, without its events. */
import { condense } from "../view/condense.ts";
import type { Batch } from "../view/input.ts";

/** Heads of the batches of one incident, in the order in which they came to be known. */
export class Heads {
  #batches: readonly Batch[] = [];
  /** Another number when what was told before does not hold any more: all is to be told anew. */
  generation = 0;

  /** All batches that there are now, in the order of their acceptance. */
  take(all: readonly Batch[]): void {
    // What others than probes tell is for the hub alone.
    const batches = all.filter(({ header }) => header.teller === undefined);
    const before = this.#batches;
    const isLonger = batches.length >= before.length &&
      before.every((batch, i) => tellsTheSame(batch, batches[i]!));
    if (!isLonger) this.generation++;
    this.#batches = batches;
  }

  /** How many there are. */
  get count(): number {
    return this.#batches.length;
  }

  /** Those after the first so many; all of them as few as tell the same. */
  after(count: number): Batch[] {
    return (count === 0 ? condense(this.#batches.map(headOf)) : this.#batches.slice(count))
      .map(headOf);
  }
}

/** Its events are nobody's business here: the shards have theirs. */
const tellsTheSame = (before: Batch, now: Batch): boolean =>
  before === now ||
  (before.header === now.header && before.refused === now.refused &&
    before.came === now.came && before.stands === now.stands &&
    before.states.length === now.states.length &&
    before.states.every((state, i) => state === now.states[i]));

const headOf = ({ header, states, refused, came, stands }: Batch): Batch => ({
  ...{ header, states, refused },
  ...(came === undefined ? {} : { came }),
  ...(stands === undefined ? {} : { stands }),
  events: [],
});
