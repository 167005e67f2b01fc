import { ok } from "node:assert/strict";
import { Pace } from "./pace.ts";

/** A report takes 50 ms, and 1 ms for each 20 packets that are judged of so many that are stale. */
function settled(stale: number): { ms: number; packetsMax: number } {
  const pace = new Pace();
  let ms = 0;
  for (let report = 0; report < 20; report++) {
    const judged = Math.min(stale, pace.packetsMax);
    ms = 50 + judged / 20;
    pace.took(ms, 250, judged < stale);
  }
  return { ms, packetsMax: pace.packetsMax };
}

Deno.test("[D10] a report comes to take as long as it is to, and judges no less where it takes less", () => {
  const { ms } = settled(100_000);
  ok(ms > 200 && ms < 251, `${ms} ms`);
  ok(settled(900).packetsMax >= 900);
});

Deno.test("[D10] a report whose other work takes too long still judges some", () => {
  const pace = new Pace();
  for (let report = 0; report < 50; report++) pace.took(10_000, 250, true);
  ok(pace.packetsMax > 0, `${pace.packetsMax}`);
  // And is soon what it was.
  for (let report = 0; report < 4; report++) pace.took(100, 250, true);
  ok(pace.packetsMax > 5_000, `${pace.packetsMax}`);
});
