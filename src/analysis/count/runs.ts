/**
 * When packets of one epoch passed. Rule O24.
 *
 * A packet is counted in the same epoch at every place. So where nothing of an epoch was counted for so
 * long that none of it can be under way, what was counted of it before at one place and at the next are
 * the same packets, but for those that were lost between.
 */
import type { Reading } from "./readings.ts";

/**
 * Longer than a packet waits in a node, for the link address of its next hop or in a queue, ns: four
 * readings of a second each, of which some are a few µs early.
 */
export const QUIET_NS = 3.9e9;
/** So many readings, of a second each, are more than that. */
export const QUIET_READINGS = 8;
/** Or so long, ns, while `OVERTAKEN` pass: a reading of a second, of which some are early. */
export const OVERTAKEN_NS = 0.9e9;
/**
 * So many later packets of its flow: more than the queues of a kernel hold, and half of the IP ids, by which
 * packets are told apart elsewhere, too (C1).
 */
export const OVERTAKEN = 32_768;
/**
 * A flow that was seen first so long after counting began, ns, was not on its way before: a trace is ready
 * a little later than this.
 */
export const BEGUN_NS = 0.3e9;

/** A reading, and what passed in its time. */
export interface Step extends Reading {
  /** Packets of the flow, of all epochs. */
  passed: number;
}

/** A time in which packets of an epoch passed. */
export interface Run {
  /** Position of its first reading in the list of them. */
  first: number;
  /** Position of its last reading. */
  last: number;
  /** None of it was on its way before. */
  isBegun: boolean;
  /** None of it is under way any more. False, too, of a time of which it is not known what passed. */
  isOver: boolean;
  /** It is not known what passed in that time. */
  isUnknown?: true;
}

/** The runs of an epoch, and whether some of it is not known. */
export interface Runs {
  runs: Run[];
  /** A reading is missing while packets of it passed. */
  isCut: boolean;
  /** Some may be under way still. */
  goesOn: boolean;
}

/**
 * `isActive`: packets of the epoch may have passed. `firstSeen`: when the flow was, an `at`. `isEven`: of a
 * run that was followed by a whole reading without packets of it, whether nothing of it is under way.
 */
export function runsOf(
  steps: readonly Step[],
  isActive: (position: number) => boolean,
  firstSeen: number,
  isEven: (run: Run) => boolean = () => false,
): Runs {
  const runs: Run[] = [];
  let [isCut, goesOn] = [false, false];
  const lastPassed = steps.findLastIndex(({ passed }) => passed > 0);
  let run: Run | null = null;
  let quiet = { ns: 0, passed: 0 };
  let wholeFrom = Infinity;
  const isLong = () =>
    quiet.ns >= QUIET_NS || (quiet.ns >= OVERTAKEN_NS && quiet.passed >= OVERTAKEN);
  /** What comes from a position on is not known: the run ends before it where nothing of it was under way then. */
  const stopAt = (i: number) => {
    if (run === null) return;
    run.isOver = i - 1 > run.last && i > lastPassed && isEven(run);
    goesOn ||= run.isOver || i === steps.length;
    isCut ||= !run.isOver && i < steps.length;
    run = null;
  };
  const unknown = (i: number) =>
    runs.push({ first: i, last: i, isBegun: false, isOver: false, isUnknown: true });
  steps.forEach((step, i) => {
    const { isWhole, from, at, passed } = step;
    const follows = i > 0 && from === steps[i - 1]!.at;
    if (!isWhole || !follows) {
      // What passed meanwhile is not known: nor what was under way.
      stopAt(i);
      quiet = { ns: 0, passed: 0 };
      wholeFrom = Infinity;
      // Of one that is whole all that passed in it is known.
      if (firstSeen < (isWhole ? from : at) + BEGUN_NS) unknown(i);
    }
    if (!isWhole) {
      isCut ||= isActive(i);
      return;
    }
    wholeFrom = Math.min(wholeFrom, from);
    if (!isActive(i)) {
      quiet = { ns: quiet.ns + at - from, passed: quiet.passed + passed };
      if (run !== null && isLong()) {
        run.isOver = true;
        run = null;
      }
      return;
    }
    if (run === null) {
      const isBegun = isLong() || firstSeen >= wholeFrom + BEGUN_NS;
      run = { first: i, last: i, isBegun, isOver: false };
      runs.push(run);
    }
    run.last = i;
    quiet = { ns: 0, passed: 0 };
  });
  stopAt(steps.length);
  return { runs, isCut, goesOn };
}
