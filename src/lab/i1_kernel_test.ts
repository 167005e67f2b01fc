import { deepEqual, equal, match } from "node:assert/strict";
import { counter, deviceCounters, inside, kernelTest, withLab } from "./kernel_testing.ts";

kernelTest(
  "[I1] broken: frames reach vxlan0 with the pod's MAC and are ignored there",
  () =>
    withLab("I1", { repaired: false }, async (lab) => {
      const [ping] = await lab.sendTraffic();
      deepEqual([ping!.sent, ping!.answered], [5, 0]);
      deepEqual(await deviceCounters("i1-podns", "vxlan0"), { rx: 5, tx: 0, otherhost: 5 });
      equal(await counter("i1-podns", "Icmp", "InEchos"), 0);
      const neighbour = await inside("i1-worker", "ip", "neigh", "show", "dev", "ovn-k8s-mp0");
      match(neighbour, /^10\.132\.2\.46 lladdr 0a:58:0a:84:02:2e REACHABLE/);
    }),
);

kernelTest(
  "[I1] repaired: the same neighbour entry, and every ping is answered",
  () =>
    withLab("I1", { repaired: true }, async (lab) => {
      const [ping] = await lab.sendTraffic();
      deepEqual([ping!.sent, ping!.answered], [5, 5]);
      equal(await counter("i1-podns", "Icmp", "InEchos"), 5);
      equal(await counter("i1-pod", "Icmp", "InEchos"), 0);
      const neighbour = await inside("i1-worker", "ip", "neigh", "show", "dev", "ovn-k8s-mp0");
      match(neighbour, /^10\.132\.2\.46 lladdr 0a:58:0a:84:02:2e REACHABLE/);
    }),
);

kernelTest(
  "[I1] broken, then the diary's command: the next ping is answered",
  () =>
    withLab("I1", { repaired: false }, async () => {
      const mac = "0a:58:0a:84:02:2e";
      await inside("i1-podns", "ip", "link", "set", "dev", "vxlan0", "address", mac);
      await inside("i1-worker", "ping", "-n", "-q", "-c", "1", "-W", "2", "10.132.2.46");
    }),
);
