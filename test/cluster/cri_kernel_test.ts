/** Pods that containerd made over CRI are traced by name, without a cluster. Needs root; skipped without. */
import { deepEqual, equal, ok } from "node:assert/strict";
import type { Report } from "../../src/event/report.ts";
import { startLasthop } from "../fake/lasthop.ts";
import { startRuntime } from "./cri/runtime.ts";

Deno.test({
  name: "cri: pods of containerd, runc and a CNI bridge are named, and traced by their names",
  ignore: Deno.uid() !== 0,
  async fn() {
    const runtime = await startRuntime();
    try {
      const checkout = await runtime.startPod("shop", "checkout-0");
      const payments = await runtime.startPod("shop", "payments-0");
      const other = await runtime.startPod("shop", "other-0");
      const words = ["trace", "pod/checkout-0 and pod/payments-0", "--no-listen", "--json"];
      // In a group of its own: what enters a node waits for its child, and passes no signal on.
      const prefix = ["setsid", ...runtime.node.enter];
      const trace = await startLasthop([...words, "--no-archive"], { prefix });
      await trace.ready();
      const ping = ["ping", "-c", "2", "-i", "0.2", "-W", "2"];
      await checkout.run(...ping, payments.address);
      await checkout.run(...ping, other.address);
      Deno.kill(-trace.pid, "SIGINT");
      const { stdout, stderr } = await trace.ended;
      const report = JSON.parse(stdout) as Report;
      equal(report.nodes.length, 1, stderr);
      const asked = report.flows.filter(({ source }) => source === checkout.address);
      deepEqual(asked.map(({ destination }) => destination), [payments.address]);
      const [flow] = asked;
      deepEqual(
        [flow?.sourceName, flow?.destinationName, flow?.outcome],
        [`pod ${checkout.name}`, `pod ${payments.name}`, "delivered"],
      );
      deepEqual(
        new Set(flow!.path.flatMap(({ pod }) => pod ?? [])),
        new Set([checkout.name, payments.name]),
      );
      ok(flow!.path.some(({ device }) => device === "cni0"), "through the bridge of the plugin");
    } finally {
      await runtime.stop();
    }
  },
});
