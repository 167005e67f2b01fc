import { deepEqual, equal, ok } from "node:assert/strict";
import { Tally } from "./tally.ts";

Deno.test("sums are kept by their labels", () => {
  const tally = new Tally();
  tally.add(["dropped", "no-route", "a"], 2);
  tally.add(["dropped", "no-route", "a"], 3);
  tally.add(["dropped", "", "a"], 1);
  deepEqual([...tally.entries()], [
    [["dropped", "no-route", "a"], 5],
    [["dropped", "", "a"], 1],
  ]);
  equal(tally.get(["dropped", "no-route", "b"]), 0);
});

Deno.test("nodes beyond a hundred are one, and series are bounded without losing a count", () => {
  const tally = new Tally();
  for (let i = 0; i < 5_000; i++) tally.add(["dropped", "no-route", `node-${i}`], 1);
  equal([...tally.entries()].length, 101);
  equal(tally.get(["dropped", "no-route", "other"]), 4_900);
  for (let i = 0; i < 5_000; i++) {
    tally.add(["dropped", `cause-${i}`, `node-${i % 100}`, "active"], 1);
  }
  ok([...tally.entries()].length <= 2_001);
  const sum = [...tally.entries()].reduce((total, [, count]) => total + count, 0);
  equal(sum, 10_000);
});
