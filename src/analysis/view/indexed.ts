/** Lists of sightings by a key, made once for each list, so that many packets can ask for a few of them. */
import { Source } from "./asked.ts";

type Order<T> = (a: T, b: T) => number;

/** The items of one list by one key. */
class Index<T> {
  readonly #lists = new Map<string, T[]>();
  readonly #sources = new Map<string, Source>();
  /** With so many sources those are forgotten that nobody asks any more. */
  #room = ROOM_MIN;

  constructor(
    readonly keyOf: (item: T) => string | undefined,
    readonly order: Order<T>,
  ) {}

  /** Takes further items: in the order of their lists most of them come last. */
  add(items: readonly T[]): void {
    this.#forgetIdle();
    const grown = new Set<string>();
    for (const item of items) {
      const key = this.keyOf(item);
      if (key === undefined) continue;
      grown.add(key);
      const list = this.#lists.get(key);
      if (!list) {
        this.#lists.set(key, [item]);
        continue;
      }
      let at = list.length;
      while (at > 0 && this.order(list[at - 1]!, item) > 0) at--;
      list.splice(at, 0, item);
    }
    for (const key of grown) this.#sources.get(key)?.changed();
  }

  /** Gives up items. */
  remove(items: ReadonlySet<T>): void {
    const keys = new Set<string>();
    for (const item of items) {
      const key = this.keyOf(item);
      if (key !== undefined) keys.add(key);
    }
    for (const key of keys) {
      const left = this.#lists.get(key)!.filter((item) => !items.has(item));
      if (left.length > 0) this.#lists.set(key, left);
      else this.#lists.delete(key);
      this.#sources.get(key)?.shrunk();
    }
  }

  /**
   * Keys are of packets and flows that come and go. Only while the list changes, when no question is
   * being asked: then who asked would not hear of changes.
   */
  #forgetIdle(): void {
    if (this.#sources.size < this.#room) return;
    for (const [key, source] of this.#sources) if (source.isIdle) this.#sources.delete(key);
    this.#room = Math.max(ROOM_MIN, 2 * this.#sources.size);
  }

  get(key: string): readonly T[] {
    return this.#lists.get(key) ?? NONE;
  }

  sourceOf(key: string): Source {
    let source = this.#sources.get(key);
    if (!source) this.#sources.set(key, source = new Source());
    return source;
  }
}

const NONE: readonly never[] = [];
/** Sources of one index that are kept before anybody looks who asks them. */
const ROOM_MIN = 1_024;

/** Of each list the indexes that were made of it. */
const indexes = new WeakMap<readonly unknown[], Index<unknown>[]>();

/** Tells that these items were put into a list: its indexes take them, too. */
export function grown<T>(list: readonly T[], items: readonly T[]): void {
  for (const index of indexes.get(list) ?? []) index.add(items);
}

/** Tells that these items were taken out of a list: its indexes give them up, too. */
export function shrunk<T>(list: readonly T[], items: ReadonlySet<T>): void {
  for (const index of indexes.get(list) ?? []) index.remove(items);
}

/** Items of any list by one key. */
export interface Indexed<T> {
  /** Those of the list with this key, in the order of the index. */
  of(items: readonly T[], key: string): readonly T[];
  /** Changes whenever the list takes an item with this key. */
  sourceOf(items: readonly T[], key: string): Source;
}

/**
 * An index of lists: `keyOf` gives the key of an item, undefined for what is not asked for. `order` is
 * that of the lists. A list that grows tells so by `grown`.
 */
export function indexed<T extends object>(
  keyOf: (item: T) => string | undefined,
  order: Order<T>,
): Indexed<T> {
  const known = new WeakMap<readonly T[], Index<T>>();
  const indexOf = (items: readonly T[]): Index<T> => {
    let found = known.get(items);
    if (!found) {
      found = new Index(keyOf, order);
      found.add(items);
      known.set(items, found);
      const all = indexes.get(items) ?? [];
      indexes.set(items, all);
      all.push(found as unknown as Index<unknown>);
    }
    return found;
  };
  return {
    of: (items, key) => indexOf(items).get(key),
    sourceOf: (items, key) => indexOf(items).sourceOf(key),
  };
}

/** How many of a list in the order of time lie before `at`. */
export function firstFrom(items: readonly { at: number }[], at: number): number {
  let [low, high] = [0, items.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if (items[middle]!.at < at) low = middle + 1;
    else high = middle;
  }
  return low;
}

/** How many of a list in the order of time lie before `at` or at it. */
export function firstAfter(items: readonly { at: number }[], at: number): number {
  let [low, high] = [0, items.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if (items[middle]!.at <= at) low = middle + 1;
    else high = middle;
  }
  return low;
}
