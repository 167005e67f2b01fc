import { deepEqual, equal, ok } from "node:assert/strict";
import fc from "fast-check";
import { clipColumns, columns, padEnd, wrap } from "./text.ts";

Deno.test("columns counts two for CJK and emoji, none for accents", () => {
  deepEqual(["eth0", "節点", "e\u0301", "🚀", "✕ →"].map(columns), [4, 4, 1, 2, 3]);
});

Deno.test("wrap loses no word and keeps to the width", () => {
  deepEqual(wrap("one  two three", 8), ["one  two", "three"]);
  deepEqual(wrap("abcdefghij k", 4), ["abcd", "efgh", "ij k"]);
  deepEqual(wrap("", 4), [""]);
  fc.assert(fc.property(fc.string(), fc.integer({ min: 2, max: 30 }), (text, width) => {
    const lines = wrap(text, width);
    equal(lines.join("").replaceAll(" ", ""), text.replaceAll(" ", ""));
    ok(lines.every((line) => columns(line) <= width));
  }));
});

Deno.test("clipColumns leaves out the middle, and padEnd fills columns, not characters", () => {
  equal(clipColumns("ucni88bdbf34ff6", 9, "…"), "ucni…4ff6");
  equal(clipColumns("eth0", 4, "…"), "eth0");
  equal(padEnd("節", 4), "節  ");
  fc.assert(
    fc.property(fc.string({ unit: "grapheme" }), fc.integer({ min: 4, max: 20 }), (text, width) => {
      ok(columns(clipColumns(text, width, "…")) <= width);
    }),
  );
});
