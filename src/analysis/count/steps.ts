/** The readings of places, and what passed there: whether those of several places are of the same moments. */
import { keyOf, type Place } from "./places.ts";
import type { CountedPlace } from "./parts.ts";
import { type Reading, uncountedAt } from "./readings.ts";
import type { Step } from "./runs.ts";

/** The readings of a place, and what passed there. `isBounded`: what is short is known to a packet a run. */
export function stepsOf(
  { place, there }: CountedPlace,
  readings: readonly Reading[],
  isBounded: boolean,
): Step[] {
  const bad = new Set(uncountedAt(place.node, keyOf(place)));
  return readings.map((reading) => ({
    ...reading,
    isWhole: reading.isWhole && !bad.has(reading.number) && (isBounded || !reading.isShort),
    passed: there.all.get(reading.number) ?? 0,
  }));
}

/** The readings of two places that have one clock were at the same moments. */
export function isOneTime(
  a: Place,
  b: Place,
  left: readonly Reading[],
  right: readonly Reading[],
): boolean {
  if (a.node === b.node) return true;
  const ahead = Number(a.node.baseNs - b.node.baseNs);
  const times = new Map(right.map(({ number, at }) => [number, at]));
  return left.every(({ number, at }) => {
    const other = times.get(number);
    return other === undefined || other === at + ahead;
  });
}
