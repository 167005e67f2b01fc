import { deepEqual, equal } from "node:assert/strict";
import { z } from "zod";
import { clip, Gaps, keepRows } from "./bounds.ts";
import { monotonicNs } from "./clock.ts";

Deno.test("rows beyond the limit and rows that do not fit are counted, not hidden", () => {
  const gaps = new Gaps();
  deepEqual(keepRows("fdb", [1, "x", 3, 4], z.number(), 3, gaps), [1, 3]);
  equal(gaps.rows[0]?.why.startsWith("1 rows not understood, first: "), true);
  equal(gaps.rows[1]?.why, "cut: 3 of 4 rows kept");
  equal(clip("abcd", 4), "abcd");
  equal(clip("abcde", 4), "abc…");
});

Deno.test("the clock is the kernel's own, and uptime only where that is hidden", () => {
  equal(monotonicNs("Timer List\nnow at 23389441616 nsecs\n\n23.42 19.57\n"), "23389441616");
  equal(monotonicNs("23.42 19.57\n"), "23420000000");
  equal(monotonicNs("0.07 19.57\n"), "70000000");
  equal(monotonicNs(""), undefined);
});
