/** The whole bench: cases in groups, marks as they come. */
import type { CaseId, Kind } from "./case_run.ts";
import { type Judged, runGroup } from "./group.ts";
import type { AnySpec } from "./spec.ts";

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
  const { groupSize = 12, seed, signal } = options;
  const prefix = `lhf${crypto.randomUUID().slice(0, 6)}`;
  const judged: Judged[] = [];
  for (let i = 0; i < ids.length && !signal?.aborted; i += groupSize) {
    const group = await runGroup(ids.slice(i, i + groupSize), { seed, prefix, signal });
    for (const one of group) await options.onJudged?.(one);
    judged.push(...group);
  }
  return judged;
}
