import { deepStrictEqual as equal } from "node:assert/strict";
import { Losses } from "./losses.ts";

const SECOND = 1_000_000_000n;

Deno.test("what was lost is told by its time, from a second before what was whole", () => {
  const losses = new Losses();
  losses.add(3, { wholeNs: 5n * SECOND, nowNs: 6n * SECOND });
  losses.add(2, { wholeNs: 50n * SECOND, nowNs: 51n * SECOND });
  equal(losses.count, 5);
  equal(losses.told(), [
    { fromNs: String(4n * SECOND), toNs: String(6n * SECOND), count: 3 },
    { fromNs: String(49n * SECOND), toNs: String(51n * SECOND), count: 2 },
  ]);
});

Deno.test("of what nobody knows when it was lost only the number is told", () => {
  const losses = new Losses();
  losses.add(3);
  losses.add(4, { wholeNs: SECOND, nowNs: undefined });
  equal([losses.count, losses.told()], [7, []]);
});
