/**
 * What was recorded on real kernels, judged again. `UPDATE=1 deno test -A test/kernels` writes the
 * reports; that each is the truth is checked all the same.
 */
import { equal } from "node:assert/strict";
import { readRecorded } from "./bench/recorded.ts";
import { reportOf, textOf, wrongIn } from "./bench/judged.ts";

const isUpdate = Deno.env.get("UPDATE") === "1";

for (const { kernel, one, run, archive, expected } of readRecorded()) {
  const what = run.isHealthy ? "healthy twin" : one.truth;
  Deno.test(`on ${kernel}, ${run.name}: ${what}`, async () => {
    const report = await reportOf(archive);
    equal(wrongIn(report, one, run.isHealthy), null, textOf(report));
    if (isUpdate) await Deno.writeTextFile(expected, textOf(report));
    equal(textOf(report), await Deno.readTextFile(expected));
  });
}
