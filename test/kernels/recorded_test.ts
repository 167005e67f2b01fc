/**
 * What was recorded on real kernels, judged again. `UPDATE=1 deno test -A test/kernels` writes the
 * reports; that each is the truth is checked all the same.
 */
import { equal, ok } from "node:assert/strict";
import { seedCount } from "../sim/seed_count.ts";
import { readRecorded } from "./bench/recorded.ts";
import { reportOf, textOf, wrongIn } from "./bench/judged.ts";

const isUpdate = Deno.env.get("UPDATE") === "1";

const all = readRecorded();
/** Of `lasthop test --quick` each so many: a share of each kernel's. */
const step = seedCount(1, 9);

Deno.test("something was recorded on each kernel that has a folder", () => {
  ok(all.length > 0, "nothing was recorded, or its folder is gone");
});

for (const { kernel, one, run, archive, expected } of all.filter((_, i) => i % step === 0)) {
  const what = run.isHealthy ? "healthy twin" : one.truth;
  Deno.test(`on ${kernel}, ${run.name}: ${what}`, async () => {
    const report = await reportOf(archive);
    equal(wrongIn(report, one, run.isHealthy, kernel), null, textOf(report));
    if (isUpdate) await Deno.writeTextFile(expected, textOf(report));
    equal(textOf(report), await Deno.readTextFile(expected));
  });
}
