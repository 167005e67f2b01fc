import { deepEqual, equal } from "node:assert/strict";
import { counter, inside, kernelTest, withLab } from "./kernel_testing.ts";

kernelTest(
  "[I4] broken: the node reaches the pod, its own pod does not",
  () =>
    withLab("I4", { repaired: false }, async (lab) => {
      const exchanges = await lab.sendTraffic();
      deepEqual(exchanges.map((each) => each.answered), [0, 2, 0]);
      // ip_error counts what it drops for want of forwarding as a bad address.
      equal(await counter("i4-node1", "Ip", "InAddrErrors") >= 7, true);
      equal(await counter("i4-node1", "Ip", "ForwDatagrams"), 0);
      // The node's own pings are all that ever came.
      equal(await counter("i4-pod2", "Icmp", "InEchos"), 2);
    }),
);

kernelTest(
  "[I4] repaired: every ping and the request are answered",
  () =>
    withLab("I4", { repaired: true }, async (lab) => {
      const exchanges = await lab.sendTraffic();
      deepEqual(exchanges.map((each) => each.answered), [5, 2, 1]);
      equal(await counter("i4-node1", "Ip", "InAddrErrors"), 0);
    }),
);

kernelTest(
  "[I4] broken, then the diary's command: the next ping is answered",
  () =>
    withLab("I4", { repaired: false }, async () => {
      await inside("i4-node1", "sysctl", "-q", "-w", "net.ipv4.ip_forward=1");
      await inside("i4-pod1", "ping", "-n", "-q", "-c", "1", "-W", "2", "10.9.82.243");
    }),
);
