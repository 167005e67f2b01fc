/**
 * The incidents through separate processes, as on separate machines: one ingest, one probe for each
 * node, the report asked for over HTTP. Nothing but their batches joins them.
 */
import { deepEqual, equal } from "node:assert/strict";
import type { Report } from "../src/event/report.ts";
import { kernelTest, withLab } from "../src/lab/kernel_testing.ts";
import { serveOnDeno, traced } from "./deploy/traced.ts";

async function through(id: string, repaired: boolean, check: (report: Report) => void) {
  const folder = await Deno.makeTempDir({ prefix: "lasthop-test-" });
  try {
    await withLab(id, { repaired }, async (lab) => {
      const serving = await serveOnDeno(folder);
      const { report, replayed } = await traced(lab, folder, serving);
      await serving.stop();
      check(report);
      deepEqual(replayed, report);
    });
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

kernelTest("[C4] [I1] separate processes find the wrong MAC, and a replay agrees", async () => {
  await through("I1", false, ({ flows: [flow] }) => {
    equal(flow!.outcome, "dropped");
    equal(flow!.lastHop.device, "vxlan0");
    equal(flow!.cause?.code, "destination-mac-mismatch");
  });
});

kernelTest("[C4] [I3] separate processes join a tunnel through NAT of its outside", async () => {
  await through("I3", true, ({ flows }) => {
    for (const flow of flows) {
      equal(flow.outcome, "delivered");
      equal(flow.packets.delivered, flow.packets.seen);
      equal(new Set(flow.path.map(({ node }) => node)).size, 2);
      equal(flow.cause, undefined);
    }
  });
});

kernelTest("[C4] [I4] separate processes find forwarding switched off", async () => {
  await through("I4", false, ({ flows: [flow] }) => {
    equal(flow!.outcome, "dropped");
    equal(flow!.lastHop.device, "ucni88bdbf34ff6");
    equal(flow!.cause?.code, "ip-forwarding-disabled");
  });
});
