/** Seeds of the simulator. Each asks for several reports: whole, disturbed, and while it still runs. */
import type { AnalysisInput } from "../../src/analysis/mod.ts";
import type { Faults } from "../sim/faults.ts";
import { type Case, type Made, onShards } from "./case.ts";
import type { Entries } from "./entries.ts";

/** As in `test/sim/sim_test.ts`; null is each seed's own mix of faults. */
export const MODES: Record<string, Partial<Faults> | null> = {
  "clean": {},
  "1 % lost": { loss: 0.01 },
  "10 % lost": { loss: 0.1 },
  "50 % lost": { loss: 0.5 },
  "mixed": null,
};

/** Shards and the ingest's own store add nothing new with each seed, and cost as much again. */
const SHARE = 4;

export function* seedCases(entries: Entries, seeds: number): Generator<Case> {
  for (const [mode, faults] of Object.entries(MODES)) {
    for (let seed = 1; seed <= seeds; seed++) {
      yield { name: `sim ${mode}, seed ${seed}`, reports: () => reports(entries, seed, faults) };
    }
  }
}

async function* reports(
  entries: Entries,
  seed: number,
  faults: Partial<Faults> | null,
): AsyncGenerator<Made> {
  const { analyse, Random, run, throughStore } = entries;
  const asked: AnalysisInput[] = [];
  const made: Made[] = [];
  run(seed, faults, (input) => {
    const report = analyse(input);
    asked.push(input);
    made.push([`report ${asked.length}`, report]);
    return report;
  });
  yield* made;
  if (seed % SHARE !== 0) return;
  const input = asked[0]!;
  yield* onShards(entries, input);
  const { kept, readBack } = await throughStore(input, new Random(seed));
  yield ["kept by the ingest", analyse(kept)];
  yield ["read back by the ingest", analyse(readBack)];
}
