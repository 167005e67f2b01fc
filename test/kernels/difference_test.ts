/** What was recorded on real kernels, with its states told by difference, as a probe tells them. */
import { ok, strictEqual as equal } from "node:assert/strict";
import { analyse, Analysis } from "../../src/analysis/mod.ts";
import { byDifference, differencesIn } from "../spec/form/by_difference.ts";
import { seedCount } from "../sim/seed_count.ts";
import { readArchive } from "./bench/judged.ts";
import { readRecorded } from "./bench/recorded.ts";

/** So many of them, of all kernels and kinds. */
const STEP = seedCount(7, 40);

Deno.test("[D12] recordings have the same report where states are told by difference", async () => {
  let differences = 0;
  for (const { archive } of readRecorded().filter((_, i) => i % STEP === 0)) {
    const { batches, filter } = await readArchive(archive);
    const whole = { incident: "kernels", filter, closed: true, evicted: 0, batches };
    const told = byDifference(whole);
    differences += differencesIn(told);
    const expected = JSON.stringify(analyse(whole));
    equal(JSON.stringify(analyse(told)), expected, archive);
    // What others differ from may come last.
    const analysis = new Analysis();
    const backwards = told.batches.toReversed();
    for (const count of [Math.ceil(backwards.length / 2), backwards.length]) {
      const report = analysis.report({ ...told, batches: backwards.slice(0, count) });
      if (count === backwards.length) {
        equal(JSON.stringify(report), expected, `${archive}, backwards`);
      }
    }
  }
  ok(differences > 50, `${differences} states were told by difference`);
});
