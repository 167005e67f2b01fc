import { deepEqual, equal } from "node:assert/strict";
import { type Gap, type GapCode, GAPS, isTooYoung } from "./gaps.ts";

const limits = new URL("../../docs/limits.md", import.meta.url);

Deno.test("GAPS: docs/limits.md has the same codes with the same meanings", async () => {
  const text = await Deno.readTextFile(limits);
  const rows = [...text.matchAll(/^\| `([a-z-]+)` +\| ([A-Z].*?\.) +\|$/gm)]
    .map(([, code, meaning]) => [code, meaning]);
  deepEqual(Object.fromEntries(rows), GAPS);
});

Deno.test("isTooYoung asks the code, whatever the text says", () => {
  const gap = (code: GapCode, text: string): Gap => ({ code, text });
  equal(isTooYoung(gap("trace-ended", "any words")), true);
  equal(isTooYoung(gap("loss-untold", "any words")), true);
  equal(isTooYoung(gap("events-lost", "the trace ended lost 3 events")), false);
  equal(isTooYoung(undefined), false);
});
