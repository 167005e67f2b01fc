import { deepEqual, equal } from "node:assert/strict";
import { prefix, route, tableNumber } from "./routes.ts";
import { routingRule } from "./rules.ts";
import { everySuite, reading, type Suite } from "./testing.ts";

const routeOf = (suite: Suite, destination: string) =>
  reading(suite, "node").state.routes.find((route) => route.destination === destination);

everySuite("routes: tables as numbers, types by name, prefixes with a length", (suite) => {
  deepEqual(routeOf(suite, "0.0.0.0/0"), {
    family: 4,
    table: 254,
    type: "unicast",
    destination: "0.0.0.0/0",
    gateway: "10.9.0.2",
    device: "br0",
  });
  deepEqual(routeOf(suite, "10.88.0.1/32"), {
    family: 4,
    table: 100,
    type: "unicast",
    destination: "10.88.0.1/32",
    device: "br0",
    source: "10.9.0.1",
    metric: 5,
    mtu: 1300,
  });
  equal(routeOf(suite, "10.66.0.0/16")?.type, "blackhole");
  equal(routeOf(suite, "10.67.0.0/16")?.type, "prohibit");
  equal(routeOf(suite, "10.68.0.0/16")?.type, "throw");
  equal(routeOf(suite, "fd99::/64")?.type, "unreachable");
  equal(routeOf(suite, "10.9.0.1/32")?.type, "local");
  equal(routeOf(suite, "10.9.0.1/32")?.table, 255);
  equal(routeOf(suite, "10.9.0.255/32")?.type, "broadcast");
  equal(routeOf(suite, "::/0")?.gateway, "fd00::2");
  equal(routeOf(suite, "10.78.0.0/16")?.gateway, "fd00::9");
  deepEqual(routeOf(suite, "10.99.0.0/24")?.flags, ["onlink"]);
});

everySuite("several next hops, also those of a next hop group", (suite) => {
  const hops = [{ gateway: "10.9.0.2", device: "br0" }, { gateway: "10.9.0.3", device: "br0" }];
  deepEqual(routeOf(suite, "10.77.0.0/16")?.nexthops, hops);
  deepEqual(routeOf(suite, "10.79.0.0/16")?.nexthops, hops);
  equal(routeOf(suite, "fd77::/64")?.nexthops?.length, 2);
});

Deno.test("a dead next hop is said at that hop, and leaves the route alive", () => {
  const dead = { dev: "eth1", gateway: "10.0.1.1", flags: ["dead", "linkdown"] };
  const row = route({ dst: "10.5.0.0/16", nexthops: [{ dev: "eth0", flags: [] }, dead] }, 4);
  equal(row.flags, undefined);
  deepEqual(row.nexthops, [
    { device: "eth0" },
    { gateway: "10.0.1.1", device: "eth1", flags: ["dead", "linkdown"] },
  ]);
  deepEqual(route({ dst: "10.5.0.0/16", nexthops: [dead, dead] }, 4).flags, ["dead", "linkdown"]);
});

Deno.test("names of tables and types are understood too", () => {
  const row = route({ type: "unreachable", dst: "default", table: "local" }, 6);
  deepEqual(row, { family: 6, table: 255, type: "unreachable", destination: "::/0" });
  equal(tableNumber("blue"), undefined);
  equal(tableNumber(1000), 1000);
  equal(prefix("10.1.2.3", 4), "10.1.2.3/32");
  equal(prefix("fd00::/8", 6), "fd00::/8");
});

everySuite("policy rules: selectors, actions and what is inverted", (suite) => {
  const { rules } = reading(suite, "node").state;
  const at = (priority: number) => rules.find((rule) => rule.priority === priority);
  deepEqual(rules[0], { family: 4, priority: 0, action: "lookup", table: 255 });
  deepEqual(at(100), {
    family: 4,
    priority: 100,
    source: "10.9.0.0/24",
    inputDevice: "br0",
    mark: "0x10/0xff",
    action: "lookup",
    table: 100,
  });
  deepEqual(at(101), {
    family: 4,
    priority: 101,
    destination: "10.5.0.0/16",
    action: "prohibit",
  });
  deepEqual(at(102), {
    family: 4,
    priority: 102,
    source: "10.6.0.0/16",
    protocol: "tcp",
    sourcePort: "1024",
    target: 40000,
    destinationPort: "80-90",
    action: "goto",
    inverted: true,
  });
  deepEqual(at(103), {
    family: 4,
    priority: 103,
    outputDevice: "p1",
    action: "lookup",
    table: 1000,
  });
  deepEqual(at(104), {
    family: 6,
    priority: 104,
    source: "fd00::/64",
    action: "blackhole",
  });
  equal(at(1000)?.action, "l3mdev");
  equal(at(40000)?.action, "nop");
});

Deno.test("a rule by names, as iproute2 prints it without -N", () => {
  const row = {
    priority: 5,
    src: "all",
    ipproto: "ipv6-icmp",
    action: "unreachable",
    table: "main",
  };
  deepEqual(routingRule(row, 6), {
    family: 6,
    priority: 5,
    protocol: "icmp6",
    action: "unreachable",
    table: 254,
  });
});

Deno.test("a route's lifetime becomes the time when it ends, of one that is over the past one", () => {
  const row = { dst: "default", gateway: "fe80::1", dev: "eth0" };
  equal(route({ ...row, expires: 12 }, 6, "5000000000").expiresAtNs, "17000000000");
  equal(route({ ...row, expires: -3 }, 6, "5000000000").expiresAtNs, "2000000000");
  equal(route({ ...row, expires: -9 }, 6, "5000000000").expiresAtNs, "0");
  equal(route(row, 6, "5000000000").expiresAtNs, undefined);
});
