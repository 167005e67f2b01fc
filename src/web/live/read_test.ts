import { deepEqual, equal } from "node:assert/strict";
import { readHop, readNode } from "./read.ts";

Deno.test("how true a node's times of day are is read, and a bound that is none is not", () => {
  equal(readNode({ name: "n1", timesWithinMs: 1.04 }).timesWithinMs, 1.04);
  equal(readNode({ name: "n1", timesWithinMs: "soon" }).timesWithinMs, undefined);
  equal(readNode({ name: "n1" }).timesWithinMs, undefined);
});

Deno.test("a hop keeps the TTL of its packet and the time of day", () => {
  const { ttl, at } = readHop({ node: "n1", ttl: 63, at: "2026-11-26T13:15:01.212Z" });
  deepEqual([ttl, at], [63, "2026-11-26T13:15:01.212Z"]);
  equal(readHop({ node: "n1", ttl: "63" }).ttl, undefined);
});
