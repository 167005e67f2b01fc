/** New orders told by what changed its place: a list of thousands is not told whole for one. */

/** An id and its index in the new order. */
export type Place = [id: string, index: number];

/**
 * Ids in their new order: those with a place go there, the others stay as they are among themselves.
 * Places are told with the lowest index first.
 */
export function placed(ids: readonly string[], places: readonly Place[]): string[] {
  const moved = new Set(places.map(([id]) => id));
  const rest = ids.filter((id) => !moved.has(id));
  const order: string[] = [];
  let next = 0;
  for (const [id, index] of places) {
    while (order.length < index && next < rest.length) order.push(rest[next++]!);
    order.push(id);
  }
  return order.concat(rest.slice(next));
}
