/** The whole bench: cases in groups, marks as they come. */
import { requirePackages } from "../../debian/packages.ts";
import type { CaseId, Kind } from "./case_run.ts";
import { Group, type Judged } from "./group.ts";
import type { AnySpec } from "./spec.ts";

/** More are faster; with too many at once the probe loses events. */
export const GROUP_SIZE = 16;

/** How often a case is tried again, in ever smaller groups, of which a busy machine hid something. */
const AGAIN = 2;

export interface BenchOptions {
  seed: number;
  groupSize?: number;
  signal?: AbortSignal;
  onJudged?(judged: Judged): void | Promise<void>;
}

/** A fault, the same topology without it, and the same with something harmless like it. */
export function casesOf(specs: readonly AnySpec[]): CaseId[] {
  return specs.flatMap((spec) => {
    const kinds: Kind[] = spec.alone || spec.noTwin ? ["fault"] : ["fault", "twin"];
    if (spec.near !== undefined && !spec.alone) kinds.push("near");
    return kinds.map((kind) => ({ spec, kind }));
  });
}

export async function runBench(ids: readonly CaseId[], options: BenchOptions): Promise<Judged[]> {
  await requirePackages(["conntrack"]);
  const prefix = `lhf${crypto.randomUUID().slice(0, 6)}`;
  let judged = await runAll(ids, options, prefix);
  let { groupSize = GROUP_SIZE } = options;
  for (let times = 0; times < AGAIN; times++) {
    const again = judged.filter(isHidden).map(({ run }) => run.id);
    if (again.length === 0) break;
    groupSize = Math.ceil(groupSize / 3);
    const anew = await runAll(again, { ...options, groupSize }, prefix);
    judged = judged.map((one) => anew.find(({ run }) => run.name === one.run.name) ?? one);
  }
  return judged;
}

/**
 * The probe lost events, or the kernel left out runs of its scripts, so lasthop must not decide: that is
 * right, and no test of the fault. Nor is a case that a busy machine spoiled.
 */
function isHidden({ score, report }: Judged): boolean {
  if (score.mark === "invalid") return true;
  return score.mark === "unknown" &&
    report.nodes.some(({ lost, gaps = [] }) =>
      lost > 0 || gaps.some((gap) => /left out \d+ runs/.test(gap))
    );
}

/** While one group is traced, the next is built and the one before is taken down. */
async function runAll(
  ids: readonly CaseId[],
  { groupSize = GROUP_SIZE, seed, signal, onJudged }: BenchOptions,
  prefix: string,
): Promise<Judged[]> {
  const groups: Group[] = [];
  for (let i = 0; i < ids.length; i += groupSize) {
    groups.push(new Group(ids.slice(i, i + groupSize), i, { seed, prefix, signal }));
  }
  const judged: Judged[] = [];
  const down: Promise<void>[] = [];
  let built = groups[0]?.build();
  for (const [i, group] of groups.entries()) {
    await built;
    const isLast = signal?.aborted || i + 1 === groups.length;
    built = isLast ? undefined : groups[i + 1]!.build();
    try {
      const own = await group.run();
      for (const one of own) await onJudged?.(one);
      judged.push(...own);
    } catch (error) {
      await built;
      await groups[i + 1]?.down();
      throw error;
    } finally {
      down.push(group.down());
    }
    if (isLast) break;
  }
  await Promise.all(down);
  return judged;
}
