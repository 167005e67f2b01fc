import { deepEqual, equal, match } from "node:assert/strict";
import {
  counter,
  deviceCounters,
  inside,
  kernelTest,
  rulePackets,
  withLab,
} from "./kernel_testing.ts";

kernelTest(
  "[I3] broken: A sends the outer packets to 172.19.0.13, and none reaches B",
  () =>
    withLab("I3", { repaired: false }, async (lab) => {
      const exchanges = await lab.sendTraffic();
      deepEqual(exchanges.map((each) => each.error), ["TimedOut", "TimedOut"]);
      const fdb = await inside("i3-a", "bridge", "fdb", "show", "dev", "flannel.1");
      match(fdb, /^5e:a2:0c:3b:91:0b dst 172\.19\.0\.13 self permanent/);
      equal((await deviceCounters("i3-a", "flannel.1")).tx >= 6, true);
      equal(await rulePackets("i3-inet", "ip", "cloud") >= 6, true);
      equal(await counter("i3-b", "Udp", "InDatagrams"), 0);
    }),
);

kernelTest(
  "[I3] repaired: pod and node reach the service through both clouds' NAT",
  () =>
    withLab("I3", { repaired: true }, async (lab) => {
      const exchanges = await lab.sendTraffic();
      deepEqual(exchanges.map((each) => each.answered), [1, 1]);
      equal(await rulePackets("i3-inet", "ip", "cloud"), 0);
      const tracked = await inside("i3-a", "cat", "/proc/net/nf_conntrack");
      match(
        tracked,
        /src=10\.244\.0\.2 dst=10\.110\.36\.99 .* src=10\.244\.1\.2 dst=10\.244\.0\.2/,
      );
      match(
        tracked,
        /src=10\.200\.200\.7 dst=10\.110\.36\.99 .* src=10\.244\.1\.2 dst=10\.244\.0\.0/,
      );
    }),
);
