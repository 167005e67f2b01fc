import { deepEqual, equal } from "node:assert/strict";
import { MissedList } from "./missed_list.ts";
import { missesOf, MissMeter } from "./missed.ts";

Deno.test("the kernel's count of runs left out is read, and no count is none", () => {
  equal(missesOf("prog_type:\t5\nprog_id:\t47451\nrun_cnt:\t0\nrecursion_misses:\t3\n"), 3);
  equal(missesOf("prog_type:\t5\nprog_id:\t47451\n"), 0);
});

Deno.test("stretches that follow each other are one, and of too many the nearest are joined", () => {
  const list = new MissedList(3);
  list.add({ fromNs: 0n, toNs: 10n, count: 1 });
  list.add({ fromNs: 10n, toNs: 20n, count: 2 });
  deepEqual(list.told(), [{ fromNs: "0", toNs: "20", count: 3 }]);
  list.add({ fromNs: 100n, toNs: 110n, count: 1 });
  list.add({ fromNs: 115n, toNs: 120n, count: 1 });
  list.add({ fromNs: 500n, toNs: 510n, count: 4 });
  deepEqual(list.told(), [
    { fromNs: "0", toNs: "20", count: 3 },
    { fromNs: "100", toNs: "120", count: 2 },
    { fromNs: "500", toNs: "510", count: 4 },
  ]);
});

Deno.test("a stretch that ended before a moment can be forgotten, and one that goes on is kept", () => {
  const list = new MissedList();
  list.add({ fromNs: 0n, toNs: 10n, count: 1 });
  list.add({ fromNs: 20n, toNs: 40n, count: 2 });
  list.forget(30n);
  deepEqual(list.told(), [{ fromNs: "20", toNs: "40", count: 2 }]);
});

Deno.test("of a process whose programs can't be read it is not told that nothing was left out", () => {
  let now = 0n;
  const meter = new MissMeter(Deno.pid, () => ++now);
  equal(meter.look(), null);
  equal(meter.look(), null);
});

Deno.test("what was left out is told by script, and where it is of others than just before by itself", () => {
  const list = new MissedList(3);
  list.add({ fromNs: 0n, toNs: 10n, count: 3, scripts: { consume: 3 } });
  list.add({ fromNs: 10n, toNs: 20n, count: 2, scripts: { consume: 2 } });
  equal(list.isOf(["device_rx", "drop"]), false);
  list.add({ fromNs: 20n, toNs: 30n, count: 3, scripts: { consume: 1, device_rx: 2 } });
  equal(list.isOf(["device_rx", "drop"]), true);
  list.add({ fromNs: 30n, toNs: 40n, count: 1 });
  deepEqual(list.told(), [
    { fromNs: "0", toNs: "20", count: 5, scripts: { consume: 5 } },
    { fromNs: "20", toNs: "30", count: 3, scripts: { consume: 1, device_rx: 2 } },
    { fromNs: "30", toNs: "40", count: 1 },
  ]);
  list.add({ fromNs: 100n, toNs: 110n, count: 1, scripts: { drop: 1 } });
  // Of too many the nearest are one, and of which script it was is known where it was of both.
  deepEqual(list.told()[0], {
    ...{ fromNs: "0", toNs: "30", count: 8, scripts: { consume: 6, device_rx: 2 } },
  });
  equal(list.isOf(["deliver"]), true, "of one stretch nobody knows");
});
