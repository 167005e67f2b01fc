/** [O25] What a recorder's ticks count. */
import { deepStrictEqual as equal } from "node:assert/strict";
import { Overwritten } from "./overwritten.ts";

Deno.test("counts of one bpftrace after another add up", () => {
  const counted = new Overwritten();
  for (const count of [0, 3, 3, 5, 1, 4]) counted.tick(count);
  equal(counted.told(), { overwritten: 9 });
});

Deno.test("what never told that it is a recorder is none", () => {
  const counted = new Overwritten();
  counted.tick(undefined);
  equal(counted.told(), undefined);
});
