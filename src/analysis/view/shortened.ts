/**
 * Lists without some of their rows, which remember whose rows they are: what was worked out of the
 * whole list, as an index, serves for them, too. A remedy tries what a state would be without one row
 * of tens of thousands.
 */

interface Origin {
  whole: readonly unknown[];
  gone: ReadonlySet<unknown>;
}

const origins = new WeakMap<readonly unknown[], Origin>();

/**
 * The row of this list that says the same as one of another reading: rows that did not change may be the
 * same objects there, or not (rule D12), which must not count.
 */
export function ownRow<T>(list: readonly T[], row: T): T | undefined {
  if (list.includes(row)) return row;
  const text = JSON.stringify(row);
  return list.find((other) => JSON.stringify(other) === text);
}

/** The list without the row, or what says the same. */
export function withoutRow<T>(list: readonly T[], row: T): T[] {
  const own = ownRow(list, row);
  return own === undefined ? [...list] : without(list, own);
}

/** The list without the item. */
export function without<T>(list: readonly T[], item: T): T[] {
  const { whole, gone } = originOf(list);
  const rest = list.filter((other) => other !== item);
  origins.set(rest, { whole, gone: new Set([...gone, item]) });
  return rest;
}

const NONE: ReadonlySet<never> = new Set<never>();

/** The list that rows were taken out of, and which; the list itself and none where it is whole. */
export function originOf<T>(
  list: readonly T[],
): { whole: readonly T[]; gone: ReadonlySet<T> } {
  // Only `without` adds to it, and what it adds is of the same type.
  return (origins.get(list) as { whole: readonly T[]; gone: ReadonlySet<T> } | undefined) ??
    { whole: list, gone: NONE };
}
