/** Events that come, put among those that are there, and those that go, taken out. */
import { firstFrom } from "./indexed.ts";
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

/** Where in the order of time an event is that is like this one, looked for at `likely` first; below 0: nowhere. */
export function placeAmong<T extends { at: number }>(
  events: readonly T[],
  like: T,
  byTime: (a: T, b: T) => number,
  likely: number,
): number {
  const isIt = (i: number) => i < events.length && byTime(events[i]!, like) === 0;
  if (isIt(likely)) return likely;
  for (let i = firstFrom(events, like.at); i < events.length; i++) {
    if (isIt(i)) return i;
    if (events[i]!.at !== like.at) break;
  }
  return -1;
}

/** Takes out what stands at these places, which are sorted. What lies behind moves up. */
export function takeOut<T>(items: T[], places: number[]): void {
  places.sort((a, b) => a - b);
  let left = places[0] ?? items.length;
  for (const [k, place] of places.entries()) {
    const next = places[k + 1] ?? items.length;
    for (let i = place + 1; i < next; i++) items[left++] = items[i]!;
  }
  items.length = left;
}
