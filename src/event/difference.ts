/** A list of a report told by what changed in it, for streams: what stays as it was is not told again. */
import { type Place, placed } from "./places.ts";

/** What leads from one list to the next. Absent: nothing of that kind. */
export interface Difference<T> {
  /** New, or other than before. */
  set?: T[];
  /** Ids of what is there no more. */
  gone?: string[];
  /** Where what moved is in the new order, as `placed` reads it. */
  places?: Place[];
  /** All ids in the new order, where that is shorter. */
  order?: string[];
}

/** The list after a difference. Items that stay are the same objects. */
export function applyDifference<T>(
  list: readonly T[],
  { set = [], gone = [], places, order }: Difference<T>,
  idOf: (item: T) => string,
): T[] {
  const byId = new Map(list.map((item) => [idOf(item), item]));
  for (const id of gone) byId.delete(id);
  for (const item of set) byId.set(idOf(item), item);
  const ids = places === undefined ? order : placed([...byId.keys()], places);
  if (ids === undefined) return [...byId.values()];
  // What an order forgets stays, at the end.
  const known = new Set([...ids, ...byId.keys()]);
  return [...known].flatMap((id) => byId.get(id) ?? []);
}
