/**
 * [O24] Two places whose nodes have clocks of their own, or read their counters at moments of their own.
 * Times are compared by no clock: a packet that was told at both places was counted at both, so the time
 * in which its epoch passed the one, and the other, are of the same packets.
 */
import { isWatchedUntil } from "../view/coverage.ts";
import { type CountedPlace, lateIn, type Part, type Parts, type Told } from "./parts.ts";
import type { Series } from "./readings.ts";
import { type Run, runsOf, type Step } from "./runs.ts";
import type { ToldAtBoth } from "./told.ts";

/** A place, what was counted there, and when. */
interface Side extends CountedPlace {
  steps: readonly Step[];
}

/** Packets of each epoch, or why nothing can be said. */
export function acrossClocks(a: Side, b: Side, told: Told): Parts | string {
  const both = Map.groupBy(told.both(), ({ epoch }) => epoch);
  if (both.size === 0) {
    const names = [a.place.node.name, b.place.node.name];
    return `no packet that was told passed both ${names.join(" and ")}`;
  }
  const leastDelay = leastDelays([...both.values()].flat());
  /** The last that passed the one are the last that come to the other, and not much later than others. */
  const areInTime = (run: Run, other: Run) => {
    const [last, then] = [a.steps[run.last]!, b.steps[other.last]!];
    const delay = leastDelay(last.at);
    return then.at - delay >= last.from && then.from - delay <= last.at + LATE_NS;
  };
  const parts: Part[] = [];
  let [isCut, goesOn] = [false, false];
  for (const epoch of new Set([...a.there.epochs.keys(), ...b.there.epochs.keys()])) {
    const [left, right] = [runsAt(a, epoch, told.a), runsAt(b, epoch, told.b)];
    isCut ||= left.isCut || right.isCut;
    goesOn ||= left.goesOn || right.goesOn;
    const pairs = (both.get(epoch) ?? []).map(({ a: from, b: to }) => ({
      from: left.runs.findIndex((run) => isIn(run, a.steps, from)),
      to: right.runs.findIndex((run) => isIn(run, b.steps, to)),
    }));
    const matched = matching(left.runs.length, right.runs.length, pairs);
    left.runs.forEach((run, i) => {
      const other = right.runs[matched[i]!];
      const isKnown = other !== undefined && isWhole(run) && isWhole(other) &&
        isOnce(run, a, epoch) && isOnce(other, b, epoch) && areInTime(run, other);
      if (isKnown) {
        parts.push(partOf(run, other, a, b, epoch));
      } else if (run.isOver) isCut = true;
    });
    if (right.runs.some(({ isOver }, i) => isOver && !matched.includes(i))) isCut = true;
  }
  for (const { place: { node }, steps } of [a, b]) {
    const { at } = steps.at(-1) ?? { at: 0 };
    if (!isWatchedUntil(node, at, at)) return `${node.name} has not told all of that time`;
  }
  return { parts, isCut, goesOn };
}

/** A packet that comes so much later than others may be of another time. */
const LATE_NS = 1e9;
/** Clocks drift: delays are of packets that were told within a minute. */
const STRETCH_NS = 20e9;

/** By how much the other clock is ahead at least, and a packet on its way, at an `at` of the first. */
function leastDelays(told: readonly ToldAtBoth[]): (at: number) => number {
  const least = new Map<number, number>();
  for (const { a, b } of told) {
    const stretch = Math.floor(a / STRETCH_NS);
    least.set(stretch, Math.min(b - a, least.get(stretch) ?? Infinity));
  }
  return (at) => {
    const stretch = Math.floor(at / STRETCH_NS);
    return [-1, 0, 1].reduce(
      (delay, i) => Math.min(delay, least.get(stretch + i) ?? Infinity),
      Infinity,
    );
  };
}

/** Some other epoch did not pass meanwhile: so its numbers did not come round to this one again. */
function isOnce({ first, last }: Run, { steps, there }: Side, epoch: number): boolean {
  const [from, count] = epoch < 64 ? [0, 32] : [epoch - epoch % 64, 64];
  for (let other = from; other < from + count; other++) {
    const series = there.epochs.get(other);
    if (!steps.slice(first, last + 1).some(({ number }) => series?.has(number))) return true;
  }
  return false;
}

function runsAt({ steps, there }: Side, epoch: number, firstSeen: number) {
  const series = there.epochs.get(epoch);
  const late = new Set(lateIn(there));
  const isActive = (i: number) => {
    const { number } = steps[i]!;
    return series?.has(number) === true || late.has(number);
  };
  return runsOf(steps, isActive, firstSeen);
}

const isWhole = ({ isBegun, isOver }: Run) => isBegun && isOver;

const isIn = ({ first, last }: Run, steps: readonly Step[], at: number) =>
  steps[first]!.from <= at && at <= steps[last]!.at;

function sumOf({ first, last }: Run, steps: readonly Step[], series: Series | undefined): number {
  let packets = 0;
  for (const { number } of steps.slice(first, last + 1)) packets += series?.get(number) ?? 0;
  return packets;
}

/**
 * Which of the right are the same as those of the left, by their positions; -1: that is not known. It is
 * known where all pairs that have either have both, and the same holds for those before and after: else
 * one of those may be a part of it at the other place.
 */
function matching(
  left: number,
  right: number,
  pairs: readonly { from: number; to: number }[],
): number[] {
  const [there, back] = [new Map<number, Set<number>>(), new Map<number, Set<number>>()];
  const add = (map: Map<number, Set<number>>, key: number, value: number) => {
    const values = map.get(key) ?? new Set();
    map.set(key, values.add(value));
  };
  for (const { from, to } of pairs) {
    add(there, from, to);
    add(back, to, from);
  }
  const only = (values: Set<number> | undefined) => values?.size === 1 ? [...values][0]! : -1;
  const alone = Array.from({ length: left }, (_, i) => {
    const to = only(there.get(i));
    return to >= 0 && only(back.get(to)) === i ? to : -1;
  });
  const isSame = (from: number, to: number) =>
    from >= 0 && from < left ? alone[from] === to && to >= 0 && to < right : to < 0 || to >= right;
  return alone.map((to, i) => to >= 0 && isSame(i - 1, to - 1) && isSame(i + 1, to + 1) ? to : -1);
}

function partOf(run: Run, other: Run, a: Side, b: Side, epoch: number): Part {
  const packets = sumOf(run, a.steps, a.there.epochs.get(epoch));
  const lost = packets - sumOf(other, b.steps, b.there.epochs.get(epoch));
  const [since, until] = [a.steps[run.first]!.from, a.steps[run.last]!.at];
  return { packets, lost, isLeast: false, since, until, from: since, to: until };
}
