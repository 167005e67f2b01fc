/**
 * [O24] Two places whose nodes have clocks of their own, or read their counters at moments of their own.
 * Times are compared by no clock: a packet that was told at both places was counted at both, so the time
 * in which its epoch passed the one, and the other, are of the same packets.
 */
import { isWatchedUntil } from "../view/coverage.ts";
import { bytesOf, type CountedPlace, lateIn, type Part, type Parts, type Told } from "./parts.ts";
import type { Series } from "./readings.ts";
import { type Run, runsOf, type Step } from "./runs.ts";
import type { ToldAtBoth } from "./told.ts";

/** A place, what was counted there, and when. */
interface Side extends CountedPlace {
  steps: readonly Step[];
  /** Numbers of readings before which some of their packets may have passed. */
  late: ReadonlySet<number>;
}

/** Packets of each epoch, or why nothing can be said. */
export function acrossClocks(
  left: Omit<Side, "late">,
  right: Omit<Side, "late">,
  told: Told,
): Parts | string {
  const sideOf = (side: Omit<Side, "late">) => ({ ...side, late: new Set(lateIn(side.there)) });
  return across(sideOf(left), sideOf(right), told);
}

function across(a: Side, b: Side, told: Told): Parts | string {
  const all = told.both();
  const { agreeing, delayAt } = agreed(all);
  if (agreeing.length < all.length * AGREEING || agreeing.length === 0) {
    const names = [a.place.node.name, b.place.node.name].join(" and ");
    return all.length === 0
      ? `no packet that was told passed both ${names}`
      : `packets that were told do not tie together the times of ${names}`;
  }
  const both = Map.groupBy(agreeing, ({ epoch }) => epoch);
  /** It begins and ends at both in the same time, as far as readings of a second tell. */
  const areInTime = (run: Run, other: Run) => {
    const [first, then] = [a.steps[run.first]!, b.steps[other.first]!];
    const [last, end] = [a.steps[run.last]!, b.steps[other.last]!];
    const delay = delayAt(last.at);
    return Math.abs(then.from - delay - first.from) <= APART_NS &&
      Math.abs(end.at - delay - last.at) <= APART_NS;
  };
  const parts: Part[] = [];
  let [isCut, goesOn] = [false, false];
  for (const epoch of new Set([...a.there.epochs.keys(), ...b.there.epochs.keys()])) {
    const [left, right] = [runsAt(a, epoch, told.a), runsAt(b, epoch, told.b)];
    isCut ||= left.isCut || right.isCut;
    goesOn ||= left.goesOn || right.goesOn;
    const pairs = (both.get(epoch) ?? []).map(({ a: from, b: to }) => ({
      from: runAt(left.runs, a.steps, from),
      to: runAt(right.runs, b.steps, to),
    }));
    const matched = matching(left.runs.length, pairs);
    const known = new Set(matched);
    left.runs.forEach((run, i) => {
      const other = right.runs[matched[i]!];
      const isKnown = other !== undefined && isWhole(run) && isWhole(other) &&
        isOnce(run, a, epoch) && isOnce(other, b, epoch) && areInTime(run, other);
      if (isKnown) {
        parts.push(partOf(run, other, a, b, epoch));
      } else if (run.isOver) isCut = true;
    });
    if (right.runs.some(({ isOver }, i) => isOver && !known.has(i))) isCut = true;
  }
  for (const { place: { node }, steps } of [a, b]) {
    const { at } = steps.at(-1) ?? { at: 0 };
    if (!isWatchedUntil(node, at, at)) return `${node.name} has not told all of that time`;
  }
  return { parts, isCut, goesOn, openFrom: new Map() };
}

/** Packets of a stretch that must be told at both before they say what its delay is. */
const STRETCH_TOLD_MIN = 3;

/**
 * Packets that are late by a second, and readings of a second each, are as far apart at the most; what is
 * not of the same time is further.
 */
const APART_NS = 2.5e9;
/** Clocks drift: delays are of packets that were told within a minute. */
const STRETCH_NS = 20e9;

/** Where numbers come round, a packet may be taken for one that had its number before: so few may be. */
const AGREEING = 0.8;

/**
 * Told packets that agree by how much the other clock is ahead, with the time of their way, and that
 * difference at an `at` of the first.
 */
function agreed(told: readonly ToldAtBoth[]) {
  const byStretch = Map.groupBy(told, ({ a }) => Math.floor(a / STRETCH_NS));
  const middle = new Map<number, number>();
  const agreeing: ToldAtBoth[] = [];
  const middleOf = (some: readonly ToldAtBoth[]) => {
    const delays = some.map(({ a, b }) => b - a).sort((one, other) => one - other);
    return delays[delays.length >> 1]!;
  };
  const overall = middleOf(told);
  for (const [stretch, some] of byStretch) {
    const delay = middleOf(some);
    // A few packets, or all of a stretch, may be joined with some of the same numbers a lap later.
    if (some.length < STRETCH_TOLD_MIN || Math.abs(delay - overall) > APART_NS) continue;
    middle.set(stretch, delay);
    for (const one of some) {
      if (Math.abs(one.b - one.a - delay) <= APART_NS) agreeing.push(one);
    }
  }
  const delayAt = (at: number) => {
    const stretch = Math.floor(at / STRETCH_NS);
    const near = [stretch, stretch - 1, stretch + 1].find((one) => middle.has(one));
    return near === undefined ? NaN : middle.get(near)!;
  };
  return { agreeing, delayAt };
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

function runsAt({ steps, there, late }: Side, epoch: number, firstSeen: number) {
  const series = there.epochs.get(epoch);
  const isActive = (i: number) => {
    const { number } = steps[i]!;
    return series?.has(number) === true || late.has(number);
  };
  return runsOf(steps, isActive, firstSeen);
}

const isWhole = ({ isBegun, isOver }: Run) => isBegun && isOver;

/** Position of the first run in whose time a moment was; -1: of none. Runs are in the order of time. */
function runAt(runs: readonly Run[], steps: readonly Step[], at: number): number {
  let [low, high] = [0, runs.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if (steps[runs[middle]!.last]!.at < at) low = middle + 1;
    else high = middle;
  }
  const run = runs[low];
  return run !== undefined && steps[run.first]!.from <= at ? low : -1;
}

function sumOf({ first, last }: Run, steps: readonly Step[], series: Series | undefined): number {
  let packets = 0;
  for (const { number } of steps.slice(first, last + 1)) packets += series?.get(number) ?? 0;
  return packets;
}

/**
 * Which of the right are the same as those of the left, by their positions; -1: that is not known. It is
 * known where all pairs that have either have both.
 */
function matching(
  left: number,
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
  return Array.from({ length: left }, (_, i) => {
    const to = only(there.get(i));
    return to >= 0 && only(back.get(to)) === i ? to : -1;
  });
}

function partOf(run: Run, other: Run, a: Side, b: Side, epoch: number): Part {
  const packets = sumOf(run, a.steps, a.there.epochs.get(epoch));
  const lost = packets - sumOf(other, b.steps, b.there.epochs.get(epoch));
  const [since, until] = [a.steps[run.first]!.from, a.steps[run.last]!.at];
  const bytes = bytesOf(
    epoch,
    { ...a, readings: a.steps.slice(run.first, run.last + 1) },
    { ...b, readings: b.steps.slice(other.first, other.last + 1) },
  );
  return { epoch, packets, lost, bytes, isLeast: false, since, until, from: since, to: until };
}
