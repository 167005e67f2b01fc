/** A list that comes whole again: what did not change in it stays the same object. Pure but for that. */

/** What was read of a list, by the text that it was read from. */
export class KeptList<T> {
  #known = new Map<string, { text: string; item: T }>();
  #last: readonly T[] = [];

  constructor(readonly read: (value: unknown) => T | null, readonly idOf: (item: T) => string) {}

  /** The items of a list; those that cannot be read are left out. The same list when none changed. */
  take(values: readonly unknown[]): readonly T[] {
    const known = new Map<string, { text: string; item: T }>();
    const items = values.flatMap((value): T[] => {
      const read = this.read(value);
      if (read === null) return [];
      const id = this.idOf(read);
      const text = JSON.stringify(read);
      const before = this.#known.get(id);
      const item = before?.text === text ? before.item : read;
      known.set(id, { text, item });
      return [item];
    });
    this.#known = known;
    const isSame = items.length === this.#last.length &&
      items.every((item, i) => item === this.#last[i]);
    return isSame ? this.#last : this.#last = items;
  }

  /** The list has become another one by differences. */
  changed(items: readonly T[]): readonly T[] {
    this.#last = items;
    return items;
  }
}
