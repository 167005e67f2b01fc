/** Times of day, told in any order. */
import { equal } from "node:assert/strict";
import fc from "fast-check";
import { rfc3339 } from "./rfc3339.ts";

Deno.test("times of day are those of a calendar, in whatever order they are asked for", () => {
  const moment = fc.oneof(
    fc.integer({ min: 0, max: 4e12 }),
    // Many of few seconds, as packets come.
    fc.integer({ min: 1_750_000_000_000, max: 1_750_000_003_000 }),
  );
  const part = fc.double({ min: 0, max: 0.999, noNaN: true });
  fc.assert(fc.property(fc.array(fc.tuple(moment, part), { minLength: 20 }), (all) => {
    for (const [ms, rest] of all) equal(rfc3339(ms + rest), new Date(ms).toISOString());
  }));
  for (let second = 0; second < 5_000; second += 3) {
    equal(rfc3339(second * 1000 + 7), new Date(second * 1000 + 7).toISOString());
  }
});
