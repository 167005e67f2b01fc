/**
 * [O42] Whether packets come in time: before so many later ones that a border between readings may be
 * taken for one at which none of their epoch was under way.
 */
import type { SettledAt } from "./position.ts";
import { QUIET_NS, type Step } from "./runs.ts";

/** Those of an epoch that were told to die between two places, from one `at` to another. */
export type Died = (from: number, to: number) => number;

/** What is missing of an epoch at the end of the way, of a step, and what was told to have died. */
export interface MissingOf {
  missingIn(step: Step): number;
  diedIn: Died;
}

const NONE: ReadonlySet<number> = new Set();

/** So many times nothing has come late before it is said that nothing does. */
const IN_TIME_MIN = 64;

/**
 * [O42] The same borders, but none where packets wait for so long that they come after them: then fewer
 * are missing than were before. It shows at a later border of the same epoch, up to as long as packets may
 * wait: so borders that none such follows are left out.
 */
export function ofInTime(
  settledAt: SettledAt,
  steps: readonly Step[],
  late: ReadonlySet<number>,
  missingOf: (epoch: number) => MissingOf,
): SettledAt {
  const all = steps.map(({ number }, i) => late.has(number) ? NONE : settledAt(i));
  const known = steps.map(() => new Set<number>());
  let inTime = 0;
  for (const epoch of new Set(all.flatMap((epochs) => [...epochs]))) {
    const { missingIn, diedIn } = missingOf(epoch);
    // Borders since the last gap, and what is missing since the last of them.
    let borders: number[] = [];
    let missing = 0;
    for (const [i, step] of steps.entries()) {
      if (!step.isWhole || step.from !== steps[i - 1]?.at) borders = [];
      missing += missingIn(step);
      if (!all[i]!.has(epoch)) continue;
      const last = borders.at(-1);
      if (last !== undefined) {
        if (missing < diedIn(steps[last]!.at, step.at)) return () => NONE;
        inTime += 1;
      }
      borders = borders.filter((border) => {
        const isKnown = step.at - steps[border]!.at >= QUIET_NS;
        if (isKnown) known[border]!.add(epoch);
        return !isKnown;
      });
      borders.push(i);
      missing = 0;
    }
  }
  return inTime < IN_TIME_MIN ? () => NONE : (position) => known[position]!;
}
