/**
 * [O24] Borders between readings at which nothing of an epoch was under way on the whole way of a flow in
 * one kernel, because as many came to its last place as to its first, but for those that were told to die
 * between. All pairs of places are cut there, so that what is said of each is of the same packets.
 *
 * A reading ends for all places at one moment, and who counts reads that moment's number before it is
 * counted: so a packet is of no earlier reading at a later place than at an earlier one. Where none was on
 * its way before, what is missing at a border is what was lost up to then and what is under way, and both
 * are no less than none. So where no more is missing than was told to have died up to that moment, nothing
 * else was lost, and nothing is under way.
 *
 * What else may look so, and why it is not taken for it:
 * - A packet that died after the moment, or one that came after it and is told to have died before:
 *   a reading's time is taken before it ends (`bpf/counted.bt`), and a death so near to it makes the
 *   border say nothing.
 * - Packets that passed the first place uncounted: runs that were left out (O32), packets that were on
 *   their way when counting began, a reading that has packets of readings before. Nothing is said then.
 * - Packets that a place counts twice: such places are left out (`countsOnce`).
 */
import { epochOf } from "../../event/epoch.ts";
import { isOneClock } from "../view/coverage.ts";
import type { Sighting } from "../view/timeline.ts";
import { type CountedPlace, lateIn, segmentsOf } from "./parts.ts";
import { readingsOf, type Series } from "./readings.ts";
import type { FlowGroup } from "../verdict/flows.ts";
import { type Died, type MissingOf, ofInTime } from "./in_time.ts";
import { type SettledAt, settledBy } from "./position.ts";
import { BEGUN_NS, type Run, type Step } from "./runs.ts";
import { digestedDeaths, settledAfter } from "./settled.ts";
import { isOneTime, stepsOf } from "./steps.ts";

/** Numbers of readings after which nothing of an epoch was under way. */
export type EvenAfter = (epoch: number) => ReadonlySet<number>;

/**
 * So near to the end of a reading nobody knows on which side of it a packet died, ns: longer than a
 * program is interrupted between taking the time and counting.
 */
const NEAR_NS = 20e6;

const NOTHING: Series = new Map();
const NONE: ReadonlySet<number> = new Set();

/** A run that has ended with a whole reading without packets, of which nothing is under way. */
export function isEven(
  { first, last, isBegun }: Run,
  steps: readonly Step[],
  [came, left]: readonly [Series, Series],
  died: Died,
): boolean {
  if (!isBegun) return false;
  const missing = steps.slice(first, last + 1).reduce(
    (sum, { number }) => sum + (came.get(number) ?? 0) - (left.get(number) ?? 0),
    0,
  );
  return missing === 0 || missing === died(steps[first]!.from, steps[last + 1]!.at);
}

/**
 * The borders of a way by the places that are compared. `firstSeen`: when the flow was seen first, an `at`
 * of the first place's node; `died`: drops of its packets between any of them.
 */
export function evenAlong(
  places: readonly CountedPlace[],
  group: FlowGroup,
  firstSeen: number,
  died: ReadonlySet<Sighting>,
): EvenAfter {
  const steps = commonSteps(places);
  if (steps.length === 0) return () => NONE;
  const [first, last] = [places[0]!, places.at(-1)!];
  const late = new Set(places.flatMap(({ there }) => lateIn(there)));
  const deaths = [...died].map((event) => ({
    at: event.at + Number(event.node.baseNs - first.place.node.baseNs),
    epoch: epochOf(event),
    packets: segmentsOf(event),
  }));
  const missingOf = (epoch: number): MissingOf => {
    const own = deaths.filter((death) => death.epoch === epoch);
    const [came, left] = [first, last].map(({ there }) => there.epochs.get(epoch) ?? NOTHING) as [
      Series,
      Series,
    ];
    return {
      missingIn: ({ number }) => (came.get(number) ?? 0) - (left.get(number) ?? 0),
      diedIn: (from, to) =>
        own.reduce((sum, { at, packets }) => at >= from && at <= to ? sum + packets : sum, 0),
    };
  };
  const start = steps.findLastIndex(({ from }) => from + BEGUN_NS <= firstSeen);
  let numbered: SettledAt | undefined;
  const settledAt = () =>
    numbered ??= ofInTime(
      settledBy(group, places.map(({ place }) => place), steps),
      steps,
      late,
      missingOf,
    );
  const evenOf = (epoch: number): ReadonlySet<number> => {
    const of = missingOf(epoch);
    const even = evenSince(steps, start, late, of, NONE);
    const end = steps.at(-1)!.number;
    if (even.has(end)) return even;
    const settled = new Set(settledAfter(
      ...[epoch, steps, [first, last], late] as const,
      () => digestedDeaths(died, epoch, first.place.node),
    ));
    steps.forEach((_, i) => settledAt()(i).has(epoch) && settled.add(i));
    return settled.size === 0 ? even : evenSince(steps, start, late, of, settled);
  };
  // Asked for between each two places, and of each run.
  const known = new Map<number, ReadonlySet<number>>();
  return (epoch) => {
    const found = known.get(epoch) ?? evenOf(epoch);
    known.set(epoch, found);
    return found;
  };
}

/**
 * Numbers of the readings after which as many were missing as were told to have died, since the flow began,
 * or since a step after which nothing was under way, by its position.
 */
function evenSince(
  steps: readonly Step[],
  start: number,
  late: ReadonlySet<number>,
  { missingIn, diedIn }: MissingOf,
  settled: ReadonlySet<number>,
): ReadonlySet<number> {
  const even = new Set<number>();
  let since: { at: number; missing: number } | null = null;
  for (const [i, step] of steps.entries()) {
    const { number, at, from, isWhole } = step;
    if (i === start) since = { at: from, missing: 0 };
    if (!isWhole || (i !== start && from !== steps[i - 1]?.at)) since = null;
    if (settled.has(i)) {
      even.add(number);
      since = { at, missing: 0 };
    }
    if (since === null || settled.has(i)) continue;
    since.missing += missingIn(step);
    if (late.has(number) || diedIn(at - NEAR_NS, at + NEAR_NS) > 0) continue;
    if (since.missing === diedIn(since.at, at)) even.add(number);
  }
  return even;
}

/** The readings of all places, where they are of the same moments; none where they are not. */
function commonSteps(places: readonly CountedPlace[]): Step[] {
  const [first] = places;
  const numbers = places.flatMap(({ there }) => [...there.all.keys()]);
  if (first === undefined || numbers.length === 0) return [];
  const until = numbers.reduce((a, b) => Math.max(a, b));
  const all = places.map(({ place }) => readingsOf(place.node, place.stage, 0, until));
  const areOne = places.every(({ place }, i) =>
    isOneClock(first.place.node, place.node) && isOneTime(first.place, place, all[0]!, all[i]!)
  );
  if (!areOne) return [];
  const others = places.map((one, i) =>
    new Map(stepsOf(one, all[i]!, false).map((step) => [step.number, step.isWhole]))
  );
  return stepsOf(first, all[0]!, false).map((step) => ({
    ...step,
    isWhole: others.every((isWhole) => isWhole.get(step.number) === true),
  }));
}

/** The run cut after these readings: itself where there are none. */
export function cutAfter(run: Run, steps: readonly Step[], even: ReadonlySet<number>): Run[] {
  if (run.isUnknown) return [run];
  const runs: Run[] = [];
  const before = steps[run.first - 1];
  let { first } = run;
  let isBegun = run.isBegun ||
    (before?.at === steps[first]!.from && even.has(before.number));
  for (let i = run.first; i <= run.last; i++) {
    if (!even.has(steps[i]!.number)) continue;
    runs.push({ first, last: i, isBegun, isOver: true });
    [first, isBegun] = [i + 1, true];
  }
  return first > run.last ? runs : [...runs, { ...run, first, isBegun }];
}
