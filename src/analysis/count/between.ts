/**
 * [O24] What was lost between two places that follow each other on the way of a flow, by what was counted
 * at both: of each epoch, once nothing of it was counted at either place for longer than a packet waits.
 */
import { isOneClock } from "../view/coverage.ts";
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
import { cutAfter, isEven } from "./even.ts";
import type { Died } from "./in_time.ts";
import { isOfOthers } from "./doubled.ts";
import { nameOf } from "./place_name.ts";
import { cutAtSettled, digestedDeaths } from "./settled.ts";
import { isEnoughForLoss, isWithinRuns, shortageOf } from "./shortage.ts";
import { isOneTime, stepsOf } from "./steps.ts";

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

/** Numbers of the first and the last reading that has packets. */
function boundsOf(series: Series): { first: number; last: number } {
  let [first, last] = [Infinity, -Infinity];
  for (const number of series.keys()) {
    first = Math.min(first, number);
    last = Math.max(last, number);
  }
  return { first, last };
}

/** Two places whose nodes read their counters at the same moments. */
function together(
  a: CountedPlace,
  b: CountedPlace,
  left: readonly Reading[],
  right: readonly Reading[],
  told: Told,
): Parts | string {
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
      const even = told.evenAfter(epoch);
      // What was on its way before is left out of all places alike.
      const settled = even.size > 0 && !whole.isBegun ? [whole] : cutAtSettled(
        ...[whole, epoch, steps, [a, b], late] as const,
        () => digestedDeaths(told.died(), epoch, a.place.node),
      );
      for (const run of settled.flatMap((one) => cutAfter(one, steps, even))) {
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
        const isWhole = run.isBegun && short === undefined;
        if (isWhole && isOfOthers(run, epoch, steps, [a, b], told.haveDigests)) {
          return doubledBetween(a, b);
        }
        const part = partOf(run, steps, came, left, late, short !== undefined);
        parts.push({ ...part, epoch, bytes, short });
      }
    }
    if (openRuns[0] !== undefined) openFrom.set(epoch, steps[openRuns[0].first]!.from);
  }
  const known = parts.filter(({ packets, lost }) => packets > 0 || lost !== 0);
  return { parts: known, isCut, goesOn, openFrom };
}

const doubledBetween = (a: CountedPlace, b: CountedPlace): string =>
  `packets came to ${nameOf(b.place)} that are not those of ${nameOf(a.place)}: ` +
  "some came twice, or were changed";

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
