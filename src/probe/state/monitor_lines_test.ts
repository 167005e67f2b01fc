import { deepEqual, equal } from "node:assert/strict";
import { changeDetector } from "./monitor_lines.ts";

Deno.test("links, addresses, routes, rules and settings are changes", () => {
  const lines = [
    "[LINK]2: v1@if3: <BROADCAST,MULTICAST,UP,LOWER_UP> mtu 1400 qdisc noqueue state UP group default",
    "[ADDR]Deleted 2: v1    inet6 fe80::7427:4dff:fe81:f7f5/64 scope link",
    "[ROUTE]9.9.9.0/24 via 10.9.0.1 dev v1 ",
    "[ROUTE]Deleted fe80::/64 dev v1 proto kernel metric 256 pref medium",
    "[RULE]32765:\tfrom all to 1.1.1.1 lookup 9",
    "[NETCONF]inet v1 forwarding on ",
    "netlink receive error No buffer space available (105)",
  ];
  const parts = ["link", "address", "route", "route", "rule", "netconf", "anything"];
  deepEqual(lines.map(changeDetector()), parts);
});

Deno.test("a neighbour is a change when it appears, moves, fails or goes", () => {
  const isChange = changeDetector();
  equal(isChange("[NEIGH]10.9.0.50 dev br0 lladdr 02:00:00:00:00:50 REACHABLE "), "neighbour");
  equal(isChange("[NEIGH]10.9.0.50 dev br0 lladdr 02:00:00:00:00:50 STALE "), null);
  equal(isChange("[NEIGH]10.9.0.50 dev br0 lladdr 02:00:00:00:00:50 router PROBE "), null);
  equal(isChange("[NEIGH]10.9.0.50 dev br0 lladdr 02:00:00:00:00:51 REACHABLE "), "neighbour");
  equal(isChange("[NEIGH]10.9.0.50 dev br0  FAILED "), "neighbour");
  equal(isChange("[NEIGH]10.9.0.50 dev br0  FAILED "), null);
  equal(isChange("[NEIGH]Deleted 10.9.0.50 dev br0 FAILED "), "neighbour");
  equal(isChange("[NEIGH]10.9.0.8 dev vx2 lladdr 00:00:00:00:00:00 NOARP PERMANENT "), "neighbour");
});

Deno.test("multicast mappings and what bridges learn are none", () => {
  const isChange = changeDetector();
  equal(isChange("[NEIGH]Deleted ff02::16 dev v1 lladdr 33:33:00:00:00:16 NOARP "), null);
  equal(isChange("[NEIGH]dev v0 lladdr 02:00:00:00:00:77 REACHABLE "), null);
  equal(isChange("[NEIGH]Deleted dev v0 lladdr 02:00:00:00:00:77 STALE "), null);
  equal(isChange(""), null);
});
