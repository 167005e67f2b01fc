/**
 * What may be stale, and what is and waits, each in the order in which it fell into doubt, and since when.
 * What waits is not looked at again: it stays stale until it is made anew. Rules D10, D11.
 */

/** Those of one kind. */
export class Doubted<T> {
  /** Those that nobody looked at yet. */
  readonly #since = new Map<T, number>();
  /** Those that are stale, which fell into doubt no later. */
  readonly #waiting = new Map<T, number>();
  /** What falls into doubt is counted from here: the mark of the report before the one that is made. */
  mark = -1;

  /** It may be stale. One that is in doubt already keeps its place. */
  add(one: T): void {
    if (!this.#waiting.has(one) && !this.#since.has(one)) this.#since.set(one, this.mark);
  }

  /** It is not, or is made anew now. */
  delete(one: T): void {
    this.#since.delete(one);
    this.#waiting.delete(one);
  }

  /**
   * Those that nobody looked at yet and that are stale: they wait from now on. The others are in doubt no
   * more, but for those of `apart`, which are not looked at.
   */
  settle(isStale: (one: T) => boolean, apart?: ReadonlySet<T>): T[] {
    const stale: T[] = [];
    for (const [one, since] of this.#since) {
      if (apart?.has(one)) continue;
      this.#since.delete(one);
      if (!isStale(one)) continue;
      this.#waiting.set(one, since);
      stale.push(one);
    }
    return stale;
  }

  /** Those that are stale and wait, which have waited for longest first. */
  get waiting(): Iterable<T> {
    return this.#waiting.keys();
  }

  isWaiting(one: T): boolean {
    return this.#waiting.has(one);
  }

  /** The mark of the last report that none of those who wait was in doubt in; Infinity: none waits. */
  get since(): number {
    for (const since of this.#waiting.values()) return since;
    return Infinity;
  }
}
