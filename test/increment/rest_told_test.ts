/** Families that rest while a report is made. */
import { equal, ok } from "node:assert/strict";
import { IncidentMemory } from "../../src/analysis/verdict/incident.ts";
import { pings } from "../bench/edge/pings.ts";
import { batchOf } from "../bench/goals/ping_batch.ts";

const FLOWS = 60;
const MAX = 10;

Deno.test("[D5] families rest as soon as they were told, while twice as many packets are awake as are to be", () => {
  const shape = { incident: "i", nodes: 4, flows: FLOWS, events: FLOWS * 15, eventsPerBatch: 500 };
  const batches = Array.from(pings(shape), batchOf);
  const incident = new IncidentMemory();
  const input = { incident: "i", filter: "", closed: false, evicted: 0, batches };
  const { families, world, others } = incident.judge(input);
  const all = [...families];
  const awake = () => all.filter(({ judgements }) => judgements.length > 0);
  const packets = () => awake().reduce((sum, { size }) => sum + size, 0);
  equal(awake().length, all.length);
  ok(packets() > 2 * MAX);
  const told = all.map((family) => family.judged(world(), others).flows.map(({ id }) => id).join());
  const rest = incident.restTold(MAX);
  for (const [i, family] of all.entries()) {
    const before = packets();
    rest([family]);
    equal(packets(), before > 2 * MAX ? before - family.size : before, `family ${i}`);
  }
  ok(packets() <= 2 * MAX && packets() > 0);
  for (const [i, family] of all.entries()) {
    equal(family.judged(world(), others).flows.map(({ id }) => id).join(), told[i]);
  }
});
