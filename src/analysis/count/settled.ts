/**
 * [O24] Borders between readings at which no packet of an epoch was under way between two places, by
 * digests: so of what passed before it is known what was lost, and of what passed after.
 *
 * What is missing at the second place at such a border was lost or is under way. Packets that are under
 * way are others at each border, unless one waits, and none waits for longer than `QUIET_NS`. So what is
 * missing with the same count and the same digest at several borders over such a time was lost before
 * the first of them. What else may look so: packets that are alike (a digest is told only where those
 * that were told are not), and by chance, which several borders would need to have at once.
 *
 * Where more are lost all along, a death that was told is taken from what is missing from its moment on, by
 * the digest of the packet that died. Of one that is told too early or too late a border is only like no
 * other one.
 */
import { DIGEST_SUM_RANGE, digestOf } from "../../event/digest.ts";
import { epochOf } from "../../event/epoch.ts";
import { firstAfter } from "../view/indexed.ts";
import type { NodeView, Sighting } from "../view/timeline.ts";
import type { CountedPlace } from "./parts.ts";
import { OVERTAKEN, OVERTAKEN_NS, QUIET_NS, type Run, type Step } from "./runs.ts";

/** Between so many pairs of borders that have the same missing, other packets passed. */
const PASSED_BETWEEN = 3;

/** A packet that was told to die. */
export interface DigestedDeath {
  /** When, an `at` of the first place's node. */
  at: number;
  /** Below 2^32, as it is summed up. */
  digest: number;
}

/** Those of an epoch whose digest is known, in the order of time, by the clock of a node. */
export const digestedDeaths = (
  died: Iterable<Sighting>,
  epoch: number,
  { baseNs }: NodeView,
): DigestedDeath[] =>
  [...died].flatMap((event) => {
    const digest = digestOf(event);
    if (digest === undefined || epochOf(event) !== epoch) return [];
    return [{ at: event.at + Number(event.node.baseNs - baseNs), digest }];
  }).sort((a, b) => a.at - b.at);

/** Borders at which the same packets are missing. A position is that of the reading after it. */
interface Level {
  first: number;
  last: number;
  /** When the last one was, and the first one, `at`s. */
  from: number;
  to: number;
  /** Packets at the first place up to the last border of it, and how often they had become more. */
  passed: number;
  grew: number;
  /** Packets of that epoch at the first place from the first border of it to the last. */
  between: number;
  /** The last border of a run that is over: nothing is under way there. */
  isEnd: boolean;
}

/** The run cut at all such borders, with what is between them: itself where there are none. */
export function cutAtSettled(
  run: Run,
  epoch: number,
  steps: readonly Step[],
  sides: readonly [CountedPlace, CountedPlace],
  late: ReadonlySet<number>,
  deaths: () => readonly DigestedDeath[],
): Run[] {
  if (run.isUnknown || !hasDigests(sides, epoch)) return [run];
  const levels = levelsOf(run, epoch, steps, sides, late, deaths()).filter(isSettled);
  const cuts = [run.first, ...levels.flatMap(({ first, last }) => [first, last]), run.last + 1];
  // One within another would say that two things are so at once.
  if (cuts.some((cut, i) => i > 0 && cut < cuts[i - 1]!)) return [run];
  return cuts.slice(1).flatMap((end, i): Run[] => {
    const first = cuts[i]!;
    if (first === end) return [];
    return [{
      ...{ first, last: end - 1 },
      isBegun: first > run.first || run.isBegun || isAt(levels, run.first),
      isOver: end <= run.last || run.isOver || isAt(levels, end),
    }];
  });
}

const isAt = (levels: readonly Level[], border: number) =>
  levels.some(({ first, last }) => first === border || last === border);

const isSettled = ({ from, to, grew, between, isEnd }: Level) =>
  grew >= PASSED_BETWEEN && (isEnd || to - from >= QUIET_NS) ||
  between >= OVERTAKEN && to - from >= OVERTAKEN_NS;

/**
 * [O42] The same of all of a way, by its first and last place: positions of readings at whose end nothing of
 * an epoch was under way.
 */
export function settledAfter(
  epoch: number,
  steps: readonly Step[],
  sides: readonly [CountedPlace, CountedPlace],
  late: ReadonlySet<number>,
  deaths: () => readonly DigestedDeath[],
): number[] {
  if (!hasDigests(sides, epoch)) return [];
  const died = deaths();
  return stretchesOf(steps).flatMap((run) =>
    levelsOf(run, epoch, steps, sides, late, died).filter(isSettled).flatMap(({ first, last }) => [
      first - 1,
      last - 1,
    ])
  ).filter((position) => position >= 0);
}

const hasDigests = (sides: readonly [CountedPlace, CountedPlace], epoch: number) =>
  sides.every(({ there }) => there.digests.has(epoch));

/** Times of which all readings are whole. */
function stretchesOf(steps: readonly Step[]): Run[] {
  const runs: Run[] = [];
  steps.forEach(({ isWhole, from }, i) => {
    const run = runs.at(-1);
    if (!isWhole) return;
    if (run?.last === i - 1 && from === steps[i - 1]!.at) run.last = i;
    else runs.push({ first: i, last: i, isBegun: false, isOver: false });
  });
  return runs;
}

/** In the order of their first borders. */
function levelsOf(
  run: Run,
  epoch: number,
  steps: readonly Step[],
  sides: readonly [CountedPlace, CountedPlace],
  late: ReadonlySet<number>,
  deaths: readonly DigestedDeath[],
): Level[] {
  const levels = new Map<string, Level>();
  let [unknown, lost, digest, passed] = [0, 0, 0, 0];
  let next = firstAfter(deaths, steps[run.first]!.from);
  const border = (position: number, at: number) => {
    for (; next < deaths.length && deaths[next]!.at <= at; next++) {
      lost -= 1;
      digest = (digest - deaths[next]!.digest + DIGEST_SUM_RANGE) % DIGEST_SUM_RANGE;
    }
    const key = `${unknown} ${lost} ${digest}`;
    const level = levels.get(key);
    const isEnd = run.isOver && position === run.last + 1;
    if (level === undefined) {
      const of = {
        first: position,
        last: position,
        from: at,
        to: at,
        passed,
        grew: 0,
        between: 0,
        isEnd,
      };
      levels.set(key, of);
      return;
    }
    if (passed > level.passed) level.grew += 1;
    level.between += passed - level.passed;
    Object.assign(level, { last: position, to: at, passed, isEnd: level.isEnd || isEnd });
  };
  border(run.first, steps[run.first]!.from);
  for (let i = run.first; i <= run.last; i++) {
    const { number, at } = steps[i]!;
    const [came, left] = sides.map(({ there }) => {
      const packets = there.epochs.get(epoch)?.get(number) ?? 0;
      return { packets, digest: packets === 0 ? 0 : there.digests.get(epoch)?.get(number) };
    }) as [Counted, Counted];
    // What is missing before and after is not to be compared.
    if (came.digest === undefined || left.digest === undefined) unknown += 1;
    lost += came.packets - left.packets;
    passed += came.packets;
    digest = (digest + (came.digest ?? 0) - (left.digest ?? 0) + DIGEST_SUM_RANGE) %
      DIGEST_SUM_RANGE;
    if (!late.has(number)) border(i + 1, at);
  }
  return [...levels.values()];
}

/** What passed a place in the time of a reading; undefined: what it had is not known. */
interface Counted {
  packets: number;
  digest: number | undefined;
}
