/** How a list of a report differs from the same list of the report before it. Rule D5. */
import { type Compare, placesOf } from "../view/ordered.ts";

/** An item and its place in its list. */
export type Placed<T> = [item: T, place: number];

/** What leads from one list to the next. All items but these are the same objects, in the same order. */
export interface ListChange<T> {
  before: readonly T[];
  /** With their places in the list before, ascending. */
  gone: Placed<T>[];
  /** With their places in this list, ascending. */
  come: Placed<T>[];
}

const changes = new WeakMap<object, () => ListChange<unknown>>();

/** Notes what led to a list that nobody changes any more. */
export function noteChange<T>(
  next: readonly T[],
  before: readonly T[],
  compare: Compare<T>,
  { gone, come }: { gone: readonly T[]; come: readonly T[] },
): void {
  const placed = (items: readonly T[], some: readonly T[]) =>
    placesOf(items, compare, some).map((place): Placed<T> => [items[place]!, place]);
  // Only of the last list: each would keep all before it.
  changes.delete(before);
  changes.set(next, () => ({ before, gone: placed(before, gone), come: placed(next, come) }));
}

/** What led to this list of a report; undefined where that is not known. */
export const listChange = <T>(list: readonly T[]): ListChange<T> | undefined =>
  changes.get(list)?.() as ListChange<T> | undefined;
