/** What parts bring under keys: of most keys there is one part alone, which needs no table. */

/** The only value of a key. */
class Only<V> {
  constructor(readonly part: object, public value: V) {}
}

/** Values by key and part. */
export class Parts<V> {
  readonly #byKey = new Map<string, Only<V> | Map<object, V>>();

  /** Puts what a part brings. Returns what it brought before. */
  put(key: string, part: object, value: V): V | undefined {
    const known = this.#byKey.get(key);
    if (known === undefined) {
      this.#byKey.set(key, new Only(part, value));
      return undefined;
    }
    if (known instanceof Map) {
      const before = known.get(part);
      known.set(part, value);
      return before;
    }
    if (known.part === part) {
      const before = known.value;
      known.value = value;
      return before;
    }
    this.#byKey.set(key, new Map([[known.part, known.value], [part, value]]));
    return undefined;
  }

  /** Takes back what a part brought, and returns it. */
  take(key: string, part: object): V {
    const known = this.#byKey.get(key)!;
    if (known instanceof Only) {
      this.#byKey.delete(key);
      return known.value;
    }
    const value = known.get(part)!;
    known.delete(part);
    if (known.size === 0) this.#byKey.delete(key);
    return value;
  }

  /** Whether any part brings something. */
  has(key: string): boolean {
    return this.#byKey.has(key);
  }

  /** What all parts bring, in no order. */
  of(key: string): Iterable<V> {
    const known = this.#byKey.get(key);
    return known === undefined ? [] : known instanceof Only ? [known.value] : known.values();
  }
}
