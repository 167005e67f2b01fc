import { deepStrictEqual as equal } from "node:assert/strict";
import { ClockPairs, pairNow } from "./clock_pair.ts";

Deno.test("clock pairs: the tick that was read with the least delay is taken", () => {
  const pairs = new ClockPairs();
  equal(pairs.best(), undefined);
  pairs.add(1_000_000_000n, 5_030);
  pairs.add(1_100_000_000n, 5_101);
  pairs.add(1_200_000_000n, 5_250);
  equal(pairs.best(), { monotonicNs: 1_100_000_000n, wallMs: 5_101 });
});

Deno.test("clock pairs: a wall clock that was set is believed after a while", () => {
  const pairs = new ClockPairs();
  pairs.add(1_000_000_000n, 5_000);
  for (let i = 1n; i <= 20n; i++) pairs.add(1_000_000_000n + i, 9_000);
  equal(pairs.best()?.wallMs, 9_000);
});

Deno.test("both clocks are read at one moment, and how far apart that was is told", () => {
  const ns = [5_000_000n, 5_040_000n];
  equal(pairNow(() => ns.shift(), () => 77), {
    monotonicNs: 5_000_000n,
    wallMs: 77,
    boundMs: 1.04,
  });
  equal(pairNow(() => undefined), undefined);
});
