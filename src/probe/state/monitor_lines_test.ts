import { deepEqual, equal } from "node:assert/strict";
import { changeDetector } from "./monitor_lines.ts";

Deno.test("links, addresses, routes, rules and settings are changes", () => {
  const lines = [
    "2: v1@if3: <BROADCAST,MULTICAST,UP,LOWER_UP> mtu 1400 qdisc noqueue state UP group default",
    "Deleted 2: v1    inet6 fe80::7427:4dff:fe81:f7f5/64 scope link",
    "9.9.9.0/24 via 10.9.0.1 dev v1 ",
    "Deleted fe80::/64 dev v1 proto kernel metric 256 pref medium",
    "32765:\tfrom all to 1.1.1.1 lookup 9",
    "inet v1 forwarding on ",
    "netlink receive error No buffer space available (105)",
  ];
  deepEqual(lines.map(changeDetector()), lines.map(() => true));
});

Deno.test("a neighbour is a change when it appears, moves, fails or goes", () => {
  const isChange = changeDetector();
  equal(isChange("10.9.0.50 dev br0 lladdr 02:00:00:00:00:50 REACHABLE "), true);
  equal(isChange("10.9.0.50 dev br0 lladdr 02:00:00:00:00:50 STALE "), false);
  equal(isChange("10.9.0.50 dev br0 lladdr 02:00:00:00:00:50 router PROBE "), false);
  equal(isChange("10.9.0.50 dev br0 lladdr 02:00:00:00:00:51 REACHABLE "), true);
  equal(isChange("10.9.0.50 dev br0  FAILED "), true);
  equal(isChange("10.9.0.50 dev br0  FAILED "), false);
  equal(isChange("Deleted 10.9.0.50 dev br0 FAILED "), true);
  equal(isChange("10.9.0.8 dev vx2 lladdr 00:00:00:00:00:00 NOARP PERMANENT "), true);
});

Deno.test("multicast mappings and what bridges learn are none", () => {
  const isChange = changeDetector();
  equal(isChange("Deleted ff02::16 dev v1 lladdr 33:33:00:00:00:16 NOARP "), false);
  equal(isChange("dev v0 lladdr 02:00:00:00:00:77 REACHABLE "), false);
  equal(isChange("Deleted dev v0 lladdr 02:00:00:00:00:77 STALE "), false);
  equal(isChange(""), false);
});
