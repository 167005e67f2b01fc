import { deepEqual, equal } from "node:assert/strict";
import type { Hop } from "../event/report.ts";
import { hopTimes } from "./hop_times.ts";

/** `"a 100"`: a hop on node a at 100 ns of its clock. */
const path = (...hops: string[]) =>
  hops.map((hop) => {
    const [node, timeNs] = hop.split(" ");
    return { node, timeNs } as Hop;
  });

Deno.test("times between hops are of one node; between two nodes there is none", () => {
  const { sinceBeforeNs, stays, slowest } = hopTimes(
    path("a 100", "a 130", "b 5", "b 5", "b 25", "a 900"),
  );
  deepEqual(sinceBeforeNs, [null, 30n, null, 0n, 20n, null]);
  deepEqual(stays, [
    { from: 0, to: 1, totalNs: 30n },
    { from: 2, to: 4, totalNs: 20n },
    { from: 5, to: 5, totalNs: 0n },
  ]);
  equal(slowest, 1);
});

Deno.test("a path with one time has no slowest, and time never runs backwards", () => {
  equal(hopTimes(path("a 100", "a 130", "b 7")).slowest, null);
  deepEqual(hopTimes(path("a 100", "a 0")).sinceBeforeNs, [null, null]);
  equal(hopTimes(path("a 100", "a 0")).stays[0]!.totalNs, null);
  deepEqual(hopTimes([]), { sinceBeforeNs: [], stays: [], slowest: null });
});
