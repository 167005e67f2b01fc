/** What may be stale, in the order in which it fell into doubt, and since when it is. Rules D10, D11. */

/** Those of one kind. */
export class Doubted<T> {
  readonly #since = new Map<T, number>();
  /** What falls into doubt is counted from here: the mark of the report before the one that is made. */
  mark = -1;

  /** It may be stale. One that is in doubt already keeps its place. */
  add(one: T): void {
    if (!this.#since.has(one)) this.#since.set(one, this.mark);
  }

  /** It is not, or is looked at now. */
  delete(one: T): void {
    this.#since.delete(one);
  }

  /** The mark of the last report that it was not in doubt in; Infinity: it is not. */
  sinceOf(one: T): number {
    return this.#since.get(one) ?? Infinity;
  }

  [Symbol.iterator](): IterableIterator<T> {
    return this.#since.keys();
  }
}
