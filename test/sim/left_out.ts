/** Which events the kernel started no script for, and the stretches that a probe tells of it. */
import { Random } from "./random.ts";
import type { Emission } from "./truth.ts";

/** A stretch of simulated time that a probe tells, with what was left out in it. */
export interface LeftOut {
  from: number;
  to: number;
  emissions: Set<Emission>;
  /** The probe tells how many of which script. */
  isOfScripts: boolean;
}

/** A probe looks so often, ns: no stretch that it tells is longer. */
const LOOK_NS = 250_000_000;
/** Interrupts that nest, and storms of them. */
const LENGTHS_NS = [20_000, 300_000, 5_000_000, 80_000_000];

/**
 * So many stretches, each about an event that was seen: an interrupt comes with all hops of its
 * packets, on one processor or on all of them. In a storm some of them are seen.
 */
export function leaveOut(seen: readonly Emission[], count: number, random: Random): LeftOut[] {
  if (seen.length === 0) return [];
  // What older seeds draw stays as it was.
  const chooses = new Random(Math.floor(seen[0]!.at) + seen.length);
  const isOfScripts = chooses.chance(0.5);
  return Array.from({ length: count }, () => {
    const { at, cpu } = random.pick(seen);
    const length = random.pick(LENGTHS_NS);
    const begin = at - random.int(length);
    const isOne = random.chance(0.5);
    const share = random.pick([0.5, 1, 1]);
    const only = isOfScripts && chooses.chance(0.4) ? chooses.pick(seen).kind : null;
    const emissions = new Set(
      seen.filter((other) =>
        other.at >= begin && other.at <= begin + length && (!isOne || other.cpu === cpu) &&
        random.chance(share) && (only === null || other.kind === only)
      ),
    );
    const times = [...emissions].map((other) => other.at);
    if (times.length === 0) return { from: at, to: at, emissions, isOfScripts };
    const [first, last] = [Math.min(...times), Math.max(...times)];
    const [early, late] = [random.int(LOOK_NS), random.int(LOOK_NS)];
    const isTight = random.chance(0.3);
    return {
      ...{ from: first - (isTight ? 0 : early), to: last + (isTight ? 0 : late) },
      ...{ emissions, isOfScripts },
    };
  }).filter(({ emissions }) => emissions.size > 0).sort((a, b) => a.from - b.from);
}
