import { deepEqual, equal, match } from "node:assert/strict";
import {
  counter,
  deviceCounters,
  inside,
  kernelTest,
  rulePackets,
  withLab,
} from "./kernel_testing.ts";

const translated =
  /dst=10\.96\.0\.1 sport=\d+ dport=443 .*src=10\.16\.203\.160 dst=192\.100\.0\.31/;

kernelTest(
  "[I2] broken: the SYN leaves enp1s0 translated, and nobody answers",
  () =>
    withLab("I2", { repaired: false }, async (lab) => {
      const [exchange] = await lab.sendTraffic();
      equal(exchange!.error, "TimedOut");
      // Three SYNs at least: the first, and those after 1 and 3 s.
      equal(await rulePackets("i2-api", "ip", "firewall") >= 3, true);
      equal(await counter("i2-api", "Tcp", "InSegs"), 0);
      equal((await deviceCounters("i2-node", "enp1s0")).tx >= 3, true);
      const tracked = await inside("i2-node", "cat", "/proc/net/nf_conntrack");
      match(tracked, translated);
      match(tracked, /UNREPLIED/);
      deepEqual(lab.nodes.map((node) => node.name), ["node"]);
    }),
);

kernelTest(
  "[I2] repaired: switched both ways, translated, answered",
  () =>
    withLab("I2", { repaired: true }, async (lab) => {
      const [exchange] = await lab.sendTraffic();
      equal(exchange!.answered, 1);
      const tracked = await inside("i2-node", "cat", "/proc/net/nf_conntrack");
      match(tracked, translated);
      match(tracked, /ASSURED/);
      // Bridged on the node, so nothing was routed there and no TTL went down.
      equal(await counter("i2-node", "Ip", "ForwDatagrams"), 0);
      deepEqual(lab.nodes.map((node) => node.name), ["node", "apiserver"]);
    }),
);

kernelTest(
  "[I2-inside] broken: br-ext drops the translated SYN, enp1s0 never sends it",
  () =>
    withLab("I2-inside", { repaired: false }, async (lab) => {
      const [exchange] = await lab.sendTraffic();
      equal(exchange!.error, "TimedOut");
      equal(await rulePackets("i2-inside-node", "bridge", "sdn") >= 3, true);
      equal(await counter("i2-inside-fabric", "Ip", "InReceives"), 0);
    }),
);

kernelTest(
  "[I2-inside] repaired: answered",
  () =>
    withLab("I2-inside", { repaired: true }, async (lab) => {
      const [exchange] = await lab.sendTraffic();
      equal(exchange!.answered, 1);
    }),
);
