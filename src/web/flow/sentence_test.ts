import { deepEqual, equal, ok } from "node:assert/strict";
import { i1 } from "../fixture/incident_1_2.ts";
import { i3 } from "../fixture/incident_3_4.ts";
import { gapsOf, lostAtIngest, spokenVerdict, toldLater } from "./sentence.ts";

Deno.test("the verdict says where, lost events are told by node", () => {
  const [flow] = i1().flows;
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

Deno.test("[D10] flows that are told as they were are counted beside what was not seen", () => {
  const { accounting } = i1();
  equal(toldLater(accounting), null);
  ok(toldLater({ ...accounting, postponed: 1 })!.startsWith("1 flow is shown as before"));
  ok(/^1.200 flows are shown/.test(toldLater({ ...accounting, postponed: 1_200 })!));
});
