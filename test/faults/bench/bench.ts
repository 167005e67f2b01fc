/** The whole bench: cases in groups, marks as they come. */
import type { CaseId, Kind } from "./case_run.ts";
import { type Judged, runGroup } from "./group.ts";
import type { AnySpec } from "./spec.ts";

/** More are faster; with too many at once the probe loses events. */
export const GROUP_SIZE = 16;

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
  const prefix = `lhf${crypto.randomUUID().slice(0, 6)}`;
  const judged = await runAll(ids, options, prefix);
  const again = judged.filter(isHidden).map(({ run }) => run.id);
  if (again.length === 0) return judged;
  const quieter = { ...options, groupSize: Math.ceil((options.groupSize ?? GROUP_SIZE) / 3) };
  const second = await runAll(again, quieter, prefix);
  return judged.map((one) =>
    isHidden(one) ? second.find(({ run }) => run.name === one.run.name) ?? one : one
  );
}

/**
 * The probe lost events, so lasthop must not decide: that is right, and no test of the fault. Nor is
 * a case that a busy machine spoiled.
 */
function isHidden({ score, report }: Judged): boolean {
  if (score.mark === "invalid") return true;
  return score.mark === "unknown" && report.nodes.some(({ lost }) => lost > 0);
}

async function runAll(
  ids: readonly CaseId[],
  { groupSize = GROUP_SIZE, seed, signal, onJudged }: BenchOptions,
  prefix: string,
): Promise<Judged[]> {
  const judged: Judged[] = [];
  for (let i = 0; i < ids.length && !signal?.aborted; i += groupSize) {
    const group = await runGroup(ids.slice(i, i + groupSize), { seed, prefix, signal });
    for (const one of group) await onJudged?.(one);
    judged.push(...group);
  }
  return judged;
}
