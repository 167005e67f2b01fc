import { deepEqual, equal, ok } from "node:assert/strict";
import { changes, duration, endPoint, grouped, sinceFirstOnNode, timeSpan } from "./format.ts";
import { i1 } from "./fixture/incident_1_2.ts";
import { i3 } from "./fixture/incident_3_4.ts";
import { gapsOf, lostAtIngest, place, spokenVerdict } from "./sentence.ts";

Deno.test("duration() has one to three digits before the unit, from ns to s", () => {
  equal(duration(0n), "0 ns");
  equal(duration(999n), "999 ns");
  equal(duration(1_204n), "1.204 µs");
  equal(duration(12_040n), "12.04 µs");
  equal(duration(123_456_789n), "123.5 ms");
  equal(duration(9_007_199_254_740_993n), "9007199.3 s");
  equal(duration(-1_500n), "−1.500 µs");
});

Deno.test("times start at zero on each node: two clocks are never compared", () => {
  const hop = i1().flows[0]!.path[0]!;
  const path = [
    { ...hop, node: "a", timeNs: "1000" },
    { ...hop, node: "a", timeNs: "1500" },
    { ...hop, node: "b", timeNs: "9" },
    { ...hop, node: "a", timeNs: "900" },
  ];
  deepEqual(sinceFirstOnNode(path), [0n, 500n, 0n, -100n]);
});

Deno.test("endPoint() brackets IPv6 only where a port follows", () => {
  equal(endPoint("10.0.0.1", 53), "10.0.0.1:53");
  equal(endPoint("2001:db8::1", 53), "[2001:db8::1]:53");
  equal(endPoint("2001:db8::1"), "2001:db8::1");
});

Deno.test("changes() names the end that a translation changed, and only that", () => {
  const before = { source: "a", destination: "b", destinationPort: 443 };
  deepEqual(changes(before, { ...before, destination: "c", destinationPort: 6443 }), [
    "destination b:443 → c:6443",
  ]);
  deepEqual(changes(before, before), []);
});

Deno.test("grouped() and timeSpan()", () => {
  equal(grouped(1_234_567), "1\u202f234\u202f567");
  equal(timeSpan(null, null), "");
  const now = new Date("2026-11-20T12:00:00");
  equal(
    timeSpan("2026-11-20T11:00:00", "2026-11-20T11:00:16", now),
    "11:00:00 – 11:00:16 (16 s)",
  );
});

Deno.test("the verdict says where, the place is short, lost events are told by node", () => {
  const [flow] = i1().flows;
  equal(place(flow!.lastHop), "vxlan0 @ podvm/podns");
  equal(
    spokenVerdict(flow!),
    "icmp 10.132.2.2 → 10.132.2.46 id 4711: Dropped at vxlan0 in podns on podvm",
  );
  deepEqual(gapsOf(flow!, i1().nodes), []);
  const lossy = i3(23);
  const [gap] = gapsOf(lossy.flows[0]!, lossy.nodes);
  equal(gap!.node, "node-a");
  ok(gap!.text.startsWith("lost 23 of"));
});

Deno.test("what the ingest lost is said in one sentence, by what became of it", () => {
  const { accounting } = i1();
  equal(lostAtIngest(accounting), null);
  equal(
    lostAtIngest({ ...accounting, evicted: 2, strayLines: 1, evictedStates: 3 }),
    "The ingest refused 1 line of no batch it kept and threw away 2 events at its limits " +
      "and threw away 3 node states.",
  );
});
