import { deepStrictEqual as same, ok } from "node:assert";
import { figureOf, ratioOf } from "./figures.ts";

Deno.test("a figure is the median, and half of the range of the middle half", () => {
  same(figureOf([5, 1, 3, 2, 4]), { median: 3, scatter: 1, runs: 5 });
  same(figureOf([1, 3]), { median: 2, scatter: 0.5, runs: 2 });
  ok(Number.isNaN(figureOf([]).median));
});

Deno.test("a run is compared with the runs of nothing around it", () => {
  same(ratioOf(30, 50, 70), 0.5);
});
