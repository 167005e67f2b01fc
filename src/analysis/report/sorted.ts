/** A list that is kept in order while some of its items become others. */

/** Items in the order of `compare`, by which no two are equal. */
export class Sorted<T> {
  /** A new array after each change; nobody else changes it. */
  items: T[] = [];

  constructor(readonly compare: (a: T, b: T) => number) {}

  /** Takes items out, and others in. */
  change(gone: readonly T[], come: readonly T[]): void {
    if (gone.length === 0 && come.length === 0) return;
    const left = new Set(gone);
    const added = [...come].sort(this.compare);
    const result: T[] = [];
    let next = 0;
    for (const item of this.items) {
      if (left.has(item)) continue;
      while (next < added.length && this.compare(added[next]!, item) < 0) {
        result.push(added[next++]!);
      }
      result.push(item);
    }
    while (next < added.length) result.push(added[next++]!);
    this.items = result;
  }
}
