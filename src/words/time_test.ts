import { deepEqual, equal } from "node:assert/strict";
import { elapsedLong, sinceFirstOnNode, spanHere } from "./time.ts";

Deno.test("elapsedLong() has one to three digits before the unit, from ns to s", () => {
  equal(elapsedLong(0n), "0 ns");
  equal(elapsedLong(999n), "999 ns");
  equal(elapsedLong(1_204n), "1.204 µs");
  equal(elapsedLong(12_040n), "12.04 µs");
  equal(elapsedLong(123_456_789n), "123.5 ms");
  equal(elapsedLong(9_007_199_254_740_993n), "9007199.3 s");
  equal(elapsedLong(-1_500n), "−1.500 µs");
});

Deno.test("times start at zero on each node: two clocks are never compared", () => {
  const hop = {
    netns: "pod",
    device: "eth0",
    ifindex: 2,
    deviceKind: "veth",
    stage: "device-rx" as const,
  };
  const path = [
    { ...hop, node: "a", timeNs: "1000" },
    { ...hop, node: "a", timeNs: "1500" },
    { ...hop, node: "b", timeNs: "9" },
    { ...hop, node: "a", timeNs: "900" },
  ];
  deepEqual(sinceFirstOnNode(path), [0n, 500n, 0n, -100n]);
});

Deno.test("spanHere() says the date once, and nothing before anything was reported", () => {
  equal(spanHere(null, null), "");
  const now = new Date("2026-11-20T12:00:00");
  equal(
    spanHere("2026-11-20T11:00:00", "2026-11-20T11:00:16", now),
    "11:00:00 – 11:00:16 (16 s)",
  );
});
