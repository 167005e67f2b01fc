/** Events that no probe of ours writes, and that a stranger's token may send. */
import { strictEqual as equal } from "node:assert/strict";
import { pingBatches } from "../../test/bench/traffic.ts";
import { analyse } from "./mod.ts";

for (const missing of ["source", "destination", "protocol", "skb", "network"] as const) {
  Deno.test(`[C2] a packet without ${missing} is of no flow, and the report tells the others`, () => {
    const batches = pingBatches(3);
    const [batch] = batches;
    const { [missing]: _, ...odd } = batch!.events[0]!;
    const input = { incident: "odd", filter: "", closed: true, evicted: 0 };
    const before = analyse({ ...input, batches });
    const events = [...batch!.events, { ...odd, timeNs: odd.timeNs + 1n, ipId: 60_000 }];
    const after = analyse({ ...input, batches: [{ ...batch!, events }, ...batches.slice(1)] });
    equal(after.accounting.events, before.accounting.events + 1);
    for (const flow of before.flows) {
      equal(after.flows.find(({ id }) => id === flow.id)?.outcome, flow.outcome);
    }
  });
}
