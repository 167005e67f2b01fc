import { deepEqual, equal, ok } from "node:assert/strict";
import { analyse } from "../../src/analysis/mod.ts";
import { checkAccounting, checkGaps } from "./check_whole.ts";
import { checkWrong } from "./check_wrong.ts";
import { Random } from "./random.ts";
import { tellingOf } from "./run.ts";
import { throughStore } from "./stored.ts";

const SEEDS = 250;

Deno.test("[S10] what the store threw away or refused makes no verdict wrong, and is counted", async () => {
  const met = { evicted: 0, placed: 0, states: 0, refused: 0, right: 0 };
  for (let seed = 1; seed <= SEEDS; seed++) {
    const { scenario, input } = tellingOf(seed, seed % 2 === 0 ? null : {});
    if (input.evicted > 0) continue;
    const { kept, readBack, counters, limits } = await throughStore(input, new Random(seed));
    ok(counters.events <= limits.eventsPerIncidentMax, `seed ${seed}: ${counters.events} events`);
    ok(counters.states <= 1 || counters.stateBytes <= limits.stateBytesPerIncidentMax);
    const report = analyse(kept);
    deepEqual(analyse(readBack), report, `seed ${seed}: read back it is another report`);
    const violations = [
      ...checkWrong(scenario, report),
      ...checkGaps(kept, report),
      ...checkAccounting(kept, report),
    ];
    equal(violations.map(({ text }) => text).slice(0, 3).join("\n"), "", `seed ${seed}`);
    met.evicted += counters.evicted;
    // Of whatever is gone an ingest knows up to when it was [O34].
    met.placed += kept.batches.reduce(
      (sum, { gone }) => sum + (gone && gone.untilNs !== null ? gone.lines : 0),
      0,
    );
    met.states += counters.evictedStates;
    met.refused += counters.refused;
    met.right += report.flows.filter(({ outcome }) => outcome !== "unknown").length;
  }
  ok(Object.values(met).every((count) => count > 50), JSON.stringify(met));
});
