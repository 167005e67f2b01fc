/** Lists that are kept in order while some of their items become others. */

/** Order of two items; 0 only where either may stand for the other. */
export type Compare<T> = (a: T, b: T) => number;

/** So many changes are made one by one, where what lies behind is moved as one block of memory. */
const FEW = 16;
/** To look at so many items costs no more than to search for one. */
const LOOKS = 16;

/**
 * Takes items out of a list in the order of `compare`, and others in. The list is changed; what is returned
 * is it or another one in its place.
 */
export function changeInOrder<T>(
  items: T[],
  compare: Compare<T>,
  gone: readonly T[],
  come: readonly T[],
): T[] {
  // A list that grows by itself has room for sixteen more, and there are many of one.
  if (items.length === gone.length && gone.length + come.length > 0) return [...come].sort(compare);
  if (gone.length + come.length > FEW) return merged(items, compare, gone, come);
  for (const item of gone) items.splice(placeOf(items, compare, item), 1);
  for (const item of come) items.splice(firstFrom(items, compare, item), 0, item);
  return items;
}

/** The same as one pass over the list. */
function merged<T>(
  items: readonly T[],
  compare: Compare<T>,
  gone: readonly T[],
  come: readonly T[],
): T[] {
  const added = [...come].sort(compare);
  const left = placesOf(items, compare, gone);
  const result: T[] = [];
  let [at, next] = [0, 0];
  const copyTo = (end: number) => {
    for (; at < end; at++) {
      if (at === left[next]) next++;
      else result.push(items[at]!);
    }
  };
  for (const item of added) {
    copyTo(nextFrom(items, compare, item, at));
    result.push(item);
  }
  copyTo(items.length);
  return result;
}

/**
 * Where these are, ascending; each at a place of its own, also where several are alike. Throws TypeError
 * where one is not there.
 */
export function placesOf<T>(
  items: readonly T[],
  compare: Compare<T>,
  some: readonly T[],
): number[] {
  const known = some.length * LOOKS > items.length ? placesOfSame(items, some) : null;
  if (known !== null) return known;
  let last = -1;
  return [...some].sort(compare).map((item) => {
    last = Math.max(last + 1, placeOf(items, compare, item));
    return last;
  });
}

/** Where these very objects are, found in one pass; null where some are none, or not there. */
function placesOfSame<T>(items: readonly T[], some: readonly T[]): number[] | null {
  if (some.some((item) => typeof item !== "object")) return null;
  const wanted = new Set(some);
  const places: number[] = [];
  for (const [i, item] of items.entries()) if (wanted.delete(item)) places.push(i);
  return places.length === some.length ? places : null;
}

/** The same as `firstFrom`, of which it is known that it is no less than `from`, and mostly little more. */
function nextFrom<T>(items: readonly T[], compare: Compare<T>, item: T, from: number): number {
  const isBefore = (place: number) => place < items.length && compare(items[place]!, item) < 0;
  let [low, step] = [from, 1];
  for (; isBefore(low + step - 1); step *= 2) low += step;
  let high = Math.min(low + step - 1, items.length);
  while (low < high) {
    const middle = (low + high) >> 1;
    if (isBefore(middle)) low = middle + 1;
    else high = middle;
  }
  return low;
}

/** Where the item is, or the first of those that are like it. Throws TypeError where none is. */
function placeOf<T>(items: readonly T[], compare: Compare<T>, item: T): number {
  const place = firstFrom(items, compare, item);
  if (place === items.length || compare(items[place]!, item) !== 0) {
    throw new TypeError("Cannot take out of a list what is not in it");
  }
  return place;
}

/** How many items come before this one. */
export function firstFrom<T>(items: readonly T[], compare: Compare<T>, item: T): number {
  let [low, high] = [0, items.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if (compare(items[middle]!, item) < 0) low = middle + 1;
    else high = middle;
  }
  return low;
}

const byNumber = (a: number, b: number): number => a < b ? -1 : a > b ? 1 : 0;

/** Most have none at first: nobody changes it, because what comes into an empty list makes another one. */
const NO_NUMBERS: number[] = [];

/** Numbers in their order, each as often as it came. */
export class Numbers {
  #items = NO_NUMBERS;

  /** In their order. Nobody else changes them. */
  get items(): readonly number[] {
    return this.#items;
  }
  get length(): number {
    return this.#items.length;
  }
  get first(): number | undefined {
    return this.#items[0];
  }
  get last(): number | undefined {
    return this.#items.at(-1);
  }

  /** Takes numbers out, and others in. */
  change(gone: readonly number[], come: readonly number[]): void {
    this.#items = changeInOrder(this.#items, byNumber, gone, come);
  }

  /** How many are less than this one. */
  below(number: number): number {
    return firstFrom(this.#items, byNumber, number);
  }

  /** How many are this one or less. */
  upTo(number: number): number {
    let [low, high] = [0, this.#items.length];
    while (low < high) {
      const middle = (low + high) >> 1;
      if (this.#items[middle]! <= number) low = middle + 1;
      else high = middle;
    }
    return low;
  }
}

/** Things, each as often as it came. Most have one thing, once: only for more there is a table. */
export class Counted<T> {
  #only: T | undefined = undefined;
  /** How often the only one came. */
  #count = 0;
  #counts: Map<T, number> | null = null;

  /** How many different things there are. */
  get size(): number {
    return this.#counts?.size ?? Number(this.#count > 0);
  }
  keys(): Iterable<T> {
    if (this.#counts !== null) return this.#counts.keys();
    return this.#count > 0 ? [this.#only as T] : [];
  }
  has(thing: T): boolean {
    return this.#counts?.has(thing) ?? (this.#count > 0 && this.#only === thing);
  }

  /** It came. True where it was not there. */
  add(thing: T): boolean {
    if (this.#counts === null) {
      if (this.#count === 0) this.#only = thing;
      if (this.#only === thing) return ++this.#count === 1;
      this.#counts = new Map([[this.#only as T, this.#count]]);
    }
    const count = this.#counts.get(thing) ?? 0;
    this.#counts.set(thing, count + 1);
    return count === 0;
  }

  /** It went once. True where it is there no more. */
  remove(thing: T): boolean {
    if (this.#counts === null) {
      if (--this.#count === 0) this.#only = undefined;
      return this.#count === 0;
    }
    const count = this.#counts.get(thing)! - 1;
    if (count > 0) this.#counts.set(thing, count);
    else this.#counts.delete(thing);
    return count === 0;
  }
}
