/** Whether the simulator's checks notice what is wrong, and small cases with every event lost in turn. */
import { equal, ok } from "node:assert/strict";
import { CANARIES } from "./canary.ts";
import { run } from "./run.ts";
import { everySmallCase } from "./small.ts";

Deno.test("[S4] every small case with every single event lost", () => {
  const { cases, failed } = everySmallCase();
  ok(cases > 3000, `${cases} cases`);
  const text = failed.slice(0, 5).map(({ name, violations }) => `${name}: ${violations[0]!.text}`);
  equal(text.join("\n"), "", `${failed.length} of ${cases} cases failed`);
});

for (const [name, { broken, check }] of Object.entries(CANARIES)) {
  Deno.test(`[S5] [S9] [S13] an analysis in which ${name} is caught`, () => {
    for (let seed = 1; seed <= 2000; seed++) {
      const given = check === "exact" ? {} : { loss: 0.1 };
      const { violations } = run(seed, given, broken);
      if (violations.some((violation) => violation.check === check)) return;
    }
    ok(false, `check "${check}" noticed nothing in 2,000 seeds`);
  });
}
