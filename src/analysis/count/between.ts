/**
 * [O24] What was lost between two places that follow each other on the way of a flow, by what was counted
 * at both: of each epoch, once nothing of it was counted at either place for longer than a packet waits.
 */
import { isOneClock, isWatchedUntil } from "../view/coverage.ts";
import { epochOf } from "../../event/epoch.ts";
import type { NodeView, Sighting } from "../view/timeline.ts";
import { acrossClocks } from "./across.ts";
import {
  bytesOf,
  type CountedPlace,
  lateIn,
  type Part,
  type Parts,
  segmentsOf,
  type Told,
} from "./parts.ts";
import { type Reading, readingsOf, type Series } from "./readings.ts";
import { QUIET_NS, QUIET_READINGS, type Run, runsOf, type Step } from "./runs.ts";
import { cutAfter, type Died, isEven } from "./even.ts";
import { ofSamePackets } from "./same_packets.ts";
import { cutAtSettled } from "./settled.ts";
import { isEnoughForLoss, isMore, isWithinRuns, leastOf, mostOf, shortageOf } from "./shortage.ts";
import { isOneTime, stepsOf } from "./steps.ts";

/** What went in at one place and did not come out at the next. */
export interface Difference {
  /** Packets that were counted at the first place. */
  packets: number;
  /** Packets that were counted at the second place. */
  arrived: number;
  /** Those that the second did not have; with `isLeast` there may be more. */
  lost: number;
  isLeast: boolean;
  /** No more than these were lost, where packets may have passed uncounted; undefined: `lost` is all. */
  lostAtMost?: number | undefined;
  /** Bytes of the payload of packets at the first place; undefined: nobody counted them. */
  bytes?: number | undefined;
  /** Bytes of those that were lost; undefined, too, where they do not go with what was lost. */
  lostBytes?: number | undefined;
  /** The time in which all of them were lost: an `at` of the first node, ns … */
  from: number;
  /** … and another one. */
  to: number;
  /** Up to when counts say something, an `at`. */
  until: number;
  /** What was counted before this, an `at`, is not known. */
  since: number;
  /** Packets that came later are not in it: some may be under way. */
  goesOn: boolean;
  /** Packets that came to the second place, by epoch: after when, an `at` of the first node. */
  came: { at: number; packets: number }[];
}

/** What is known between two places of what was counted at both. */
export interface Comparison extends Parts {
  a: CountedPlace;
  b: CountedPlace;
  /** Both were read at the same moments. */
  isTogether: boolean;
}

/** What is known between two places, or why that can't be said. */
export function comparisonOf(a: CountedPlace, b: CountedPlace, told: Told): Comparison | string {
  const numbers = [a, b].map(({ there }) => boundsOf(there.all));
  const isOne = isOneClock(a.place.node, b.place.node);
  const first = Math.min(numbers[0]!.first, numbers[1]!.first);
  const last = Math.max(numbers[0]!.last, numbers[1]!.last);
  const [left, right] = [a, b].map(({ place }, i) => {
    const { first: from, last: to } = isOne ? { first, last } : numbers[i]!;
    const start = Math.max(0, from - QUIET_READINGS);
    return readingsOf(place.node, place.stage, start, to + QUIET_READINGS);
  }) as [Reading[], Reading[]];
  const isTogether = isOne && isOneTime(a.place, b.place, left, right);
  const all = isTogether ? together(a, b, left, right, told) : acrossClocks(
    { ...a, steps: stepsOf(a, left, false) },
    { ...b, steps: stepsOf(b, right, false) },
    told,
  );
  return typeof all === "string" ? all : { ...all, a, b, isTogether };
}

/** What was lost between places that follow each other, or why that can't be said. */
export function differencesOf(all: readonly Comparison[]): Difference[] | string {
  const [first] = all;
  const areTogether = all.every(({ isTogether, a }) =>
    isTogether && isOneClock(first!.a.place.node, a.place.node)
  );
  const known = areTogether
    ? ofSamePackets(all.map((one) => ({
      ...one,
      aheadNs: Number(first!.a.place.node.baseNs - one.a.place.node.baseNs),
    })))
    : all;
  const found: Difference[] = [];
  for (const one of known) {
    const difference = differenceOf(one);
    if (typeof difference === "string") return difference;
    found.push(difference);
  }
  return found;
}

function differenceOf(of: Comparison): Difference | string {
  const { a, b, isTogether } = of;
  const found = summed(of);
  if (typeof found === "string" || !isTogether) return found;
  for (const { node } of [a.place, b.place]) {
    const at = found.until + Number(a.place.node.baseNs - node.baseNs);
    if (!isWatchedUntil(node, at, at)) return `${node.name} has not told all of that time`;
  }
  return found;
}

/** Numbers of the first and the last reading that has packets. */
function boundsOf(series: Series): { first: number; last: number } {
  let [first, last] = [Infinity, -Infinity];
  for (const number of series.keys()) {
    first = Math.min(first, number);
    last = Math.max(last, number);
  }
  return { first, last };
}

function summed({ parts, isCut, goesOn }: Parts): Difference | string {
  if (parts.length === 0) {
    return isCut ? "readings of its counters are missing" : "its packets may be under way still";
  }
  // More came out than went in: not all came that way. Where some were on their way before it may be.
  const more = parts.find((part) => isMore(part) && !part.isLeast);
  const known = more ? [more] : parts.filter((part) => !isMore(part));
  if (known.length === 0) return "some of it was on its way when counting began";
  const losing = known.filter((part) => leastOf(part) !== 0);
  const sum = (of: (part: Part) => number) => known.reduce((all, part) => all + of(part), 0);
  const least = (of: (part: Part) => number, among: readonly Part[]) =>
    among.reduce((all, part) => Math.min(all, of(part)), Infinity);
  const most = (of: (part: Part) => number, among: readonly Part[]) =>
    among.reduce((all, part) => Math.max(all, of(part)), -Infinity);
  const [since, until] = [least((part) => part.since, known), most((part) => part.until, known)];
  return {
    packets: sum(({ packets }) => packets),
    arrived: sum(({ packets, lost }) => packets - lost),
    lost: sum(leastOf),
    ...(known.some(({ short }) => short) ? { lostAtMost: mostOf(known) } : {}),
    ...bytesOfAll(known),
    isLeast: isCut || known.length < parts.length || known.some(({ isLeast }) => isLeast),
    from: losing.length > 0 ? least(({ from }) => from, losing) : since,
    to: losing.length > 0 ? most(({ to }) => to, losing) : until,
    ...{ since, until, goesOn },
    came: known.map(({ since, packets, lost }) => ({ at: since, packets: packets - lost })),
  };
}

/**
 * Payload is the same at every place, so none was lost where no packet was. Where that is not so, somebody
 * between changes what is in packets, or some were on their way before.
 */
function bytesOfAll(parts: readonly Part[]): Pick<Difference, "bytes" | "lostBytes"> {
  let [all, gone, goTogether] = [0, 0, true];
  for (const { bytes, lost, isLeast, short } of parts) {
    if (bytes === null) return {};
    all += bytes.packets;
    gone += bytes.lost;
    goTogether &&= !isLeast && !short && bytes.lost >= 0 && (lost > 0 || bytes.lost === 0);
  }
  return goTogether ? { bytes: all, lostBytes: gone } : { bytes: all };
}

/** Two places whose nodes read their counters at the same moments. */
function together(
  a: CountedPlace,
  b: CountedPlace,
  left: readonly Reading[],
  right: readonly Reading[],
  told: Told,
): Parts {
  const isBounded = isWithinRuns(a, left) && isWithinRuns(b, right);
  const isEnough = isEnoughForLoss(a, left) && isEnoughForLoss(b, right);
  const others = new Map(stepsOf(b, right, isBounded).map((step) => [step.number, step]));
  const steps = stepsOf(a, left, isBounded).map((step) => {
    const other = others.get(step.number);
    return {
      ...step,
      isWhole: step.isWhole && other?.isWhole === true,
      passed: Math.min(step.passed, other?.passed ?? 0),
    };
  });
  // Of some readings it is not known how much of a later one's count was in their time.
  const late = new Set([a, b].flatMap(({ there }) => lateIn(there)));
  const parts: Part[] = [];
  const openFrom = new Map<number, number>();
  let [isCut, goesOn] = [false, false];
  const diedIn = (epoch: number): Died => (from, to) =>
    told.died().filter((event) => epochOf(event) === epoch && isThen(event, a.place.node, from, to))
      .reduce((sum, event) => sum + segmentsOf(event), 0);
  for (const epoch of new Set([...a.there.epochs.keys(), ...b.there.epochs.keys()])) {
    const [came, left] = [a, b].map(({ there }) => there.epochs.get(epoch) ?? NOTHING) as [
      Series,
      Series,
    ];
    const isActive = (i: number) => {
      const { number } = steps[i]!;
      return came.has(number) || left.has(number) || late.has(number);
    };
    const died = diedIn(epoch);
    const found = runsOf(steps, isActive, told.a, (run) => isEven(run, steps, [came, left], died));
    isCut ||= found.isCut;
    goesOn ||= found.goesOn;
    const openRuns: Run[] = [];
    for (const whole of found.runs) {
      const settled = cutAtSettled(whole, epoch, steps, [a, b], late);
      for (
        const run of settled.flatMap((one) => cutAfter(one, steps, told.evenAfter(epoch)))
      ) {
        if (!run.isOver) {
          openRuns.push(run);
          continue;
        }
        openRuns.length = 0;
        const readings = steps.slice(run.first, run.last + 1);
        const bytes = bytesOf(epoch, { ...a, readings }, { ...b, readings });
        const until = run.last === whole.last ? run.last + waitingAfter(run, steps) : run.last;
        const short = shortageOf(
          [a, b],
          readings,
          steps.slice(run.first, until + 1).flatMap(({ number }) => others.get(number) ?? []),
          isEnough,
        );
        const part = partOf(run, steps, came, left, late, short !== undefined);
        parts.push({ ...part, epoch, bytes, short });
      }
    }
    if (openRuns[0] !== undefined) openFrom.set(epoch, steps[openRuns[0].first]!.from);
  }
  const known = parts.filter(({ packets, lost }) => packets > 0 || lost !== 0);
  return { parts: known, isCut, goesOn, openFrom };
}

const NOTHING: Series = new Map();

/** It was between two `at`s of a node that has the same clock. */
function isThen({ at, node: own }: Sighting, node: NodeView, from: number, to: number): boolean {
  const then = at + Number(own.baseNs - node.baseNs);
  return then >= from && then <= to;
}

/**
 * How many readings after a run packets of it may have passed the second place uncounted: those that
 * waited longest.
 */
function waitingAfter({ last }: Run, steps: readonly Step[]): number {
  const until = steps[last]!.at + QUIET_NS;
  return steps.slice(last + 1).filter(({ from }) => from < until).length;
}

/**
 * When all of them were lost. What is missing at a border between readings is lost or under way: so while
 * nothing is missing nothing was lost. When the last one was lost no border tells: as many may have been
 * under way at one border as are lost after it. So that is by when the last packet was counted.
 */
function partOf(
  { first, last, isBegun }: Run,
  steps: readonly Step[],
  came: Series,
  left: Series,
  late: ReadonlySet<number>,
  isShort: boolean,
): Omit<Part, "bytes" | "epoch"> {
  let [packets, lost] = [0, 0];
  const borders = [{ at: steps[first]!.from, lost: 0 }];
  for (const { number, at } of steps.slice(first, last + 1)) {
    packets += came.get(number) ?? 0;
    lost += (came.get(number) ?? 0) - (left.get(number) ?? 0);
    if (!late.has(number)) borders.push({ at, lost });
  }
  const [since, until] = [steps[first]!.from, steps[last]!.at];
  // Where some were on their way before, more came to the second place than is counted at the first.
  const isClear = lost > 0 && isBegun && !isShort && borders.every(({ lost }) => lost >= 0);
  const from = isClear ? borders.findLast(({ lost }) => lost === 0)!.at : since;
  return { packets, lost, isLeast: !isBegun, since, until, from, to: until };
}
