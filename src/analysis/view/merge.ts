/** Events that come, put among those that are there. */
import { firstFrom as placeOf } from "./ordered.ts";

/** Moving so many events by one place costs less than to look at one of them. */
const FEW = 100;

/**
 * Puts events, which are in an order, into a list that is. What is there already is left out; the others
 * are returned.
 */
export function mergeInto<T extends { at: number }>(
  events: T[],
  added: readonly T[],
  byTime: (a: T, b: T) => number,
  onCopy: (of: T) => void,
): T[] {
  const taken: T[] = [];
  const [first] = added;
  if (!first) return taken;
  const from = placeOf(events, byTime, first);
  if (added.length * FEW < events.length - from) {
    // What comes late is put in one by one: what came since is much more.
    for (const event of added) {
      const at = placeOf(events, byTime, event);
      const known = events[at];
      if (known && byTime(known, event) === 0) onCopy(known);
      else {
        events.splice(at, 0, event);
        taken.push(event);
      }
    }
    return taken;
  }
  const tail = events.splice(from);
  let next = 0;
  const take = (event: T) => {
    const last = events.at(-1);
    // One event came twice: nothing tells two events of one moment, processor, kind and skb apart.
    if (last && byTime(last, event) === 0) return onCopy(last);
    events.push(event);
    taken.push(event);
  };
  for (const event of tail) {
    while (next < added.length && byTime(added[next]!, event) < 0) take(added[next++]!);
    for (; next < added.length && byTime(added[next]!, event) === 0; next++) onCopy(event);
    events.push(event);
  }
  while (next < added.length) take(added[next++]!);
  return taken;
}
