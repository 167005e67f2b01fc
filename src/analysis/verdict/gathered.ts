/** What all packets of an incident tell together, gathered from parts that change one by one. Rule D5. */
import { ask, Source } from "../view/asked.ts";
import { Parts } from "./parts.ts";

const NONE: readonly string[] = [];

/** Of each key the foremost value that any part brings. */
export class Foremost<V> {
  /** Grows when a foremost value becomes another. */
  readonly source = new Source();
  readonly #parts = new Parts<V>();
  readonly #foremost = new Map<string, V>();
  /**
   * Keys whose foremost value went. It is looked for when it is asked for: a store throws away the
   * oldest, which is often the foremost, and all values would be gone through for each that goes.
   */
  readonly #unsettled = new Set<string>();
  readonly #keysOf = new Map<object, readonly string[]>();

  /** `isBefore`: strict, and of two values that are apart one is before the other. */
  constructor(readonly isBefore: (a: V, b: V) => boolean) {}

  /** What a part brings now, in place of what it brought before. */
  bring(part: object, values: ReadonlyMap<string, V>): void {
    const before = this.#keysOf.get(part) ?? NONE;
    let kept = 0;
    for (const key of before) {
      if (values.has(key)) kept++;
      else this.#remove(part, key);
    }
    for (const [key, value] of values) this.#put(part, key, value);
    // Mostly it brings values of the same keys again.
    if (kept === before.length && kept === values.size) return;
    if (values.size > 0) this.#keysOf.set(part, [...values.keys()]);
    else this.#keysOf.delete(part);
  }

  /** The foremost value of the key. */
  get(key: string): V | undefined {
    return ask(this.source, key, () => {
      this.#settle(key);
      return this.#foremost.get(key);
    });
  }

  /** All keys with their foremost values. */
  get all(): ReadonlyMap<string, V> {
    for (const key of this.#unsettled) this.#settle(key);
    return this.#foremost;
  }

  #put(part: object, key: string, value: V): void {
    const before = this.#parts.put(key, part, value);
    if (this.#unsettled.has(key)) return;
    const known = this.#foremost.get(key);
    if (known === undefined || this.isBefore(value, known)) {
      this.#foremost.set(key, value);
      this.source.changed();
    } else if (before === known && before !== value) {
      this.#unsettle(key);
    }
  }

  #remove(part: object, key: string): void {
    const before = this.#parts.take(key, part);
    // Of a flow that is gone nobody may ask any more.
    if (!this.#parts.has(key)) return this.#forget(key);
    if (this.#unsettled.has(key)) return;
    if (!this.isBefore(this.#foremost.get(key)!, before)) this.#unsettle(key);
  }

  #forget(key: string): void {
    this.#unsettled.delete(key);
    this.#foremost.delete(key);
    this.source.changed();
  }

  #unsettle(key: string): void {
    this.#unsettled.add(key);
    this.source.changed();
  }

  #settle(key: string): void {
    if (!this.#unsettled.delete(key)) return;
    let first: V | undefined;
    for (const value of this.#parts.of(key)) {
      if (first === undefined || this.isBefore(value, first)) first = value;
    }
    if (first === undefined) this.#foremost.delete(key);
    else this.#foremost.set(key, first);
  }
}

/** Of each key all values that any part brings. */
export class Collected<V> {
  readonly source = new Source();
  readonly #parts = new Parts<V>();
  readonly #keysOf = new Map<object, Iterable<string>>();
  readonly #versions = new Map<string, number>();
  /** Of all keys, so that one that was forgotten does not have an earlier one again. */
  #version = 0;

  /** What a part brings now, in place of what it brought before. */
  bring(part: object, values: ReadonlyMap<string, V>): void {
    const before = this.#keysOf.get(part);
    if (!before && values.size === 0) return;
    for (const key of before ?? []) {
      this.#parts.take(key, part);
      this.#touch(key);
    }
    for (const [key, value] of values) {
      this.#parts.put(key, part, value);
      this.#touch(key);
    }
    if (values.size > 0) this.#keysOf.set(part, [...values.keys()]);
    else this.#keysOf.delete(part);
    this.source.changed();
  }

  /** All values of the key, in no order. */
  get(key: string): V[] {
    ask(this.source, key, () => this.#versions.get(key));
    return [...this.#parts.of(key)];
  }

  #touch(key: string): void {
    if (this.#parts.has(key)) this.#versions.set(key, ++this.#version);
    else this.#versions.delete(key);
  }
}
