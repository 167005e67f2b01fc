/** [O25] What a recorder's ticks count. */
import { deepStrictEqual as equal } from "node:assert/strict";
import { KeptHops } from "./kept_hops.ts";

Deno.test("counts of one bpftrace after another add up", () => {
  const counted = new KeptHops();
  for (const overwritten of [0, 3, 3, 5, 1, 4]) counted.tick({ overwritten, spared: 2 });
  equal(counted.told(), { overwritten: 9, spared: 2 });
  for (const spared of [1, 7]) counted.tick({ overwritten: 4, spared });
  equal(counted.told(), { overwritten: 9, spared: 9 });
});

Deno.test("what never told that it is a recorder is none", () => {
  const counted = new KeptHops();
  counted.tick(undefined);
  equal(counted.told(), undefined);
});
