/** Lists of sightings by a key, made once for each list, so that many packets can ask for a few of them. */

/**
 * An index of lists: `keyOf` gives the key of an item, undefined for what is not asked for. The result
 * takes a list and then a key, and gives the items with that key in the order of the list. A list is
 * read at its first question and must not change after that.
 */
export function indexed<T extends object>(
  keyOf: (item: T) => string | undefined,
): (items: readonly T[], key: string) => readonly T[] {
  const known = new WeakMap<readonly T[], Map<string, T[]>>();
  return (items, key) => {
    let found = known.get(items);
    if (!found) {
      found = new Map();
      for (const item of items) {
        const own = keyOf(item);
        if (own === undefined) continue;
        const list = found.get(own);
        if (list) list.push(item);
        else found.set(own, [item]);
      }
      known.set(items, found);
    }
    return found.get(key) ?? NONE;
  };
}

const NONE: readonly never[] = [];

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
