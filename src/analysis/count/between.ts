/**
 * [O24] What was lost between two places that follow each other on the way of a flow, by what was counted
 * at both. Their nodes read their counters at the same moments.
 *
 * A reading has what came to the first place in its time, and what came to the second. The difference,
 * added up since the flow began, is what was lost or is under way; once nothing was counted at either
 * place for longer than a packet waits in a node, it is what was lost.
 */
import { isOneClock, isWatchedUntil } from "../view/coverage.ts";
import { keyOf, type Place } from "./places.ts";
import { type Reading, readingsOf, uncountedAt } from "./readings.ts";

/** Longer than a packet waits in a node, for the link address of its next hop or in a queue, ns. */
const QUIET_NS = 4e9;
/** So many readings, of a second each, are more than that. */
const QUIET_READINGS = 8;
/** A packet that was told so long after counting began, ns, was not on its way before. */
const BEGUN_NS = 0.5e9;

/** What was counted at a place, by the number of the reading. */
export type Series = ReadonlyMap<number, number>;

/** A place with what was counted there. */
export interface CountedPlace {
  place: Place;
  series: Series;
}

/** What went in at one place and did not come out at the next. */
export interface Difference {
  /** Packets that were counted at the first place. */
  packets: number;
  /** Those of them that the second did not have; with `isLeast` there may be more. */
  lost: number;
  isLeast: boolean;
  /** The time in which all of them were lost: an `at` of the first node, ns … */
  from: number;
  /** … and another one. */
  to: number;
  /** Up to when counts say something, an `at`. */
  until: number;
  /** What was counted before this, an `at`, is not known. */
  since: number;
}

/**
 * What was lost between two places, or why that can't be said. `firstSeen`: when the flow was seen
 * first on the first place's node, an `at`.
 */
export function differenceOf(
  a: CountedPlace,
  b: CountedPlace,
  firstSeen: number,
): Difference | string {
  const numbers = [...a.series.keys(), ...b.series.keys()];
  const first = numbers.reduce((least, number) => Math.min(least, number), Infinity);
  const last = numbers.reduce((most, number) => Math.max(most, number), -Infinity);
  const [left, right] = [a, b].map(({ place }) =>
    readingsOf(place.node, first, last + QUIET_READINGS)
  ) as [Reading[], Reading[]];
  if (!isOneTime(a.place, b.place, left, right)) {
    const names = [a.place.node.name, b.place.node.name];
    return `${names.join(" and ")} read their counters at different moments`;
  }
  const bad = new Set([a, b].flatMap(({ place }) => [...uncountedAt(place.node, keyOf(place))]));
  const known = new Map(right.map((reading) => [reading.number, reading]));
  const readings = left.map((reading) => ({
    ...reading,
    isWhole: reading.isWhole && known.get(reading.number)?.isWhole === true &&
      !bad.has(reading.number),
    came: a.series.get(reading.number) ?? 0,
    left: (a.series.get(reading.number) ?? 0) - (b.series.get(reading.number) ?? 0),
    isQuiet: !a.series.has(reading.number) && !b.series.has(reading.number),
  }));
  const end = lastSettled(readings);
  if (end < 0) return "its packets may be under way still";
  const { at: until } = readings[end]!;
  for (const { node } of [a.place, b.place]) {
    const at = until + Number(a.place.node.baseNs - node.baseNs);
    if (!isWatchedUntil(node, at, at)) return `${node.name} has not told all of that time`;
  }
  return settled(readings, end, firstSeen);
}

type Compared = Reading & {
  /** Packets at the first place, and how many more those are than at the second. */
  came: number;
  left: number;
  isQuiet: boolean;
};

/** The last reading with packets after which nothing was counted for long; -1: none is known. */
function lastSettled(readings: readonly Compared[]): number {
  let quietFrom = Infinity;
  for (let i = readings.length - 1, to = -Infinity; i >= 0; i--) {
    const { isQuiet, isWhole, from, at } = readings[i]!;
    const followsOn = quietFrom === at;
    if (!isQuiet) {
      if (isWhole && followsOn && to - at >= QUIET_NS) return i;
      quietFrom = Infinity;
    } else if (!isWhole) quietFrom = Infinity;
    else {
      if (!followsOn) to = at;
      quietFrom = from;
    }
  }
  return -1;
}

function settled(
  readings: readonly Compared[],
  end: number,
  firstSeen: number,
): Difference | string {
  let start = 0;
  for (let i = 0; i <= end; i++) {
    const follows = i === 0 || readings[i]!.number === readings[i - 1]!.number + 1;
    if (!readings[i]!.isWhole) start = i + 1;
    else if (!follows) start = i;
  }
  const part = readings.slice(start, end + 1);
  const [begin, final] = [part[0], part.at(-1)];
  if (!begin || !final) return "readings of its counters are missing";
  // What was on its way before came to the second place and not to the first: then more was lost.
  const isLeast = start > 0 || firstSeen < begin.from + BEGUN_NS;
  let [lost, packets] = [0, 0];
  const borders = [{ at: begin.from, lost: 0 }];
  for (const { at, came, left } of part) {
    lost += left;
    packets += came;
    borders.push({ at, lost });
  }
  const window = windowOf(borders, lost, isLeast);
  return { packets, lost, isLeast, since: begin.from, until: final.at, ...window };
}

/**
 * When all of them were lost. What is missing at a border between readings is lost or under way: so while
 * nothing is missing nothing was lost. When the last one was lost no border tells: as many may have been
 * under way at one border as are lost after it. So that is by when the last packet was counted.
 */
function windowOf(
  borders: readonly { at: number; lost: number }[],
  total: number,
  isLeast: boolean,
): Pick<Difference, "from" | "to"> {
  const whole = { from: borders[0]!.at, to: borders.at(-1)!.at };
  // Where some were on their way before, more came to the second place than is counted at the first.
  if (total <= 0 || isLeast || borders.some(({ lost }) => lost < 0)) return whole;
  return { from: borders.findLast(({ lost }) => lost === 0)!.at, to: whole.to };
}

/** Both nodes have one clock, and their readings were at the same moments. */
function isOneTime(
  a: Place,
  b: Place,
  left: readonly Reading[],
  right: readonly Reading[],
): boolean {
  if (a.node === b.node) return true;
  if (!isOneClock(a.node, b.node)) return false;
  const ahead = Number(a.node.baseNs - b.node.baseNs);
  const times = new Map(right.map(({ number, at }) => [number, at]));
  return left.every(({ number, at }) => {
    const other = times.get(number);
    return other === undefined || other === at + ahead;
  });
}
