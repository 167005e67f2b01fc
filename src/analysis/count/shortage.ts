/**
 * [O32] What is known of packets of which some may have passed uncounted, because the kernel left out runs
 * of the scripts that count: a run is one packet, so no more than as many are missing in what was counted.
 *
 * A run may also be of several packets put together, which would be more. So it is known only of a flow
 * of whose packets none was, and of which many were counted, because whoever puts some together does so
 * with many.
 */
import type { CountedPlace, Part, Shortage } from "./parts.ts";
import { type CountedThere, leftOutBetween, type Reading, type Short } from "./readings.ts";

/**
 * For each run that was left out so many packets of the flow were counted, none of them put together:
 * before anything is said to be lost, and before it is said that no more can have been.
 */
const SINGLE_FOR_EACH = { loss: 1_000, bound: 100 };

/**
 * Whether what the readings count at a place is known to a packet for each run that was left out; true, too,
 * where none was.
 */
export function isWithinRuns(
  { place: { node, stage }, there }: CountedPlace,
  readings: readonly Reading[],
): boolean {
  const [first, last] = [readings[0], readings.at(-1)];
  if (first === undefined || last === undefined || !readings.some(({ isShort }) => isShort)) {
    return true;
  }
  return isSingle(there, runsIn(leftOutBetween(node, stage, first.from, last.at)), "bound");
}

/** Whether what is missing in what was counted there may be said to be lost. */
export const isEnoughForLoss = (
  { place: { node, stage }, there }: CountedPlace,
  readings: readonly Reading[],
): boolean =>
  readings.length === 0 || isSingle(
    there,
    runsIn(leftOutBetween(node, stage, readings[0]!.from, readings.at(-1)!.at)),
    "loss",
  );

/** Whether `count` of its packets that nobody told or counted were no more than as many, as all others are. */
function isSingle(
  { all, areAlone }: CountedThere,
  count: number,
  before: keyof typeof SINGLE_FOR_EACH,
): boolean {
  if (!areAlone) return false;
  let packets = 0;
  for (const counted of all.values()) packets += counted;
  return packets >= count * SINGLE_FOR_EACH[before];
}

/** The same at all places. */
export const areSingle = (places: readonly CountedPlace[], count: number): boolean =>
  places.every(({ there }) => isSingle(there, count, "loss"));

/** What may have passed uncounted at two places in the time of some readings; undefined: nothing. */
export function shortageOf(
  [a, b]: readonly [CountedPlace, CountedPlace],
  left: readonly Reading[],
  right: readonly Reading[],
  isEnough: boolean,
): Shortage | undefined {
  const of = ({ place: { node, stage } }: CountedPlace, readings: readonly Reading[]) =>
    readings.length === 0
      ? []
      : leftOutBetween(node, stage, readings[0]!.from, readings.at(-1)!.at);
  const shortage = { a: of(a, left), b: of(b, right), isEnough };
  return shortage.a.length + shortage.b.length > 0 ? shortage : undefined;
}

const runsIn = (stretches: readonly Short[]): number =>
  stretches.reduce((sum, { count }) => sum + count, 0);

/** So many packets of a part were lost at least: the second place may not have counted the others. */
export const leastOf = ({ lost, short }: Pick<Part, "lost" | "short">): number =>
  short === undefined ? lost : short.isEnough ? Math.max(0, lost - runsIn(short.b)) : 0;

/** More came to the second place than can have passed the first. */
export const isMore = ({ lost, short }: Pick<Part, "lost" | "short">): boolean =>
  lost + (short === undefined ? 0 : runsIn(short.a)) < 0;

/** So many packets of all parts were lost at the most: the first place may not have counted some. */
export function mostOf(parts: readonly Pick<Part, "lost" | "short">[]): number {
  const stretches = new Map<number, number>();
  for (const { short } of parts) {
    for (const { from, count } of short?.a ?? []) stretches.set(from, count);
  }
  const uncounted = [...stretches.values()].reduce((sum, runs) => sum + runs, 0);
  return parts.reduce((sum, { lost }) => sum + lost, 0) + uncounted;
}
