/** What rules ask the routing tables: kinds of addresses, by a device or by any, and the way back. */
import { equal } from "node:assert/strict";
import { emptyState, type NetnsState, type Route, type RoutingRule } from "../../event/state.ts";
import { addressType, hasWayBack } from "./fib.ts";
import type { Headers } from "./hook_packet.ts";
import { iptablesEffect } from "./iptables_rule.ts";
import type { Traveller } from "./traveller.ts";

const link = (ifindex: number, name: string, address: string) => ({
  ...{ ifindex, name, kind: "veth", mtu: 1500, flags: [], operstate: "UP" },
  addresses: [{ address, prefix: 24 }],
});
const route = (destination: string, device: string, more: Partial<Route> = {}): Route => ({
  ...{ family: 4, table: 254, type: "unicast", destination, device },
  ...more,
});
const LOCAL: Route[] = [
  route("10.0.1.1/32", "eth0", { table: 255, type: "local" }),
  route("10.0.2.1/32", "eth1", { table: 255, type: "local" }),
  route("10.0.2.255/32", "eth1", { table: 255, type: "broadcast" }),
  route("10.0.1.0/24", "eth0"),
  route("10.0.2.0/24", "eth1"),
  route("10.0.7.0/24", "eth1", { type: "blackhole", device: undefined }),
];

const state = (routes: Route[] = LOCAL, rules: RoutingRule[] = []): NetnsState =>
  emptyState(1, "0", {
    links: [link(2, "eth0", "10.0.1.1"), link(3, "eth1", "10.0.2.1")],
    routes,
    rules,
  });

function traveller(headers: Partial<Headers>, more: Partial<Traveller> = {}): Traveller {
  return {
    headers: { network: "ip4", laterFragment: false, fragment: false, ...headers },
    ...{ layer: "ip", hook: "prerouting", input: "eth0", output: null, set: () => null },
    ...{ portInput: null, portOutput: null, ctState: "new", ctStatus: undefined },
    ...{ ctDirection: undefined, mark: { value: 0, known: 0xffffffff }, state: state() },
    ...more,
  };
}

const matches = (conditions: string, at: Traveller) =>
  iptablesEffect(`-A X ${conditions} -j DROP`, at, () => false).match;

Deno.test("[N6] addrtype asks the local table, and with limit-iface for one device's addresses", () => {
  const own = traveller({ destination: "10.0.2.1" });
  equal(matches("-m addrtype --dst-type LOCAL", own), "yes");
  equal(matches("-m addrtype --dst-type LOCAL --limit-iface-in", own), "no");
  equal(matches("-m addrtype ! --dst-type LOCAL --limit-iface-in", own), "yes");
  equal(matches("-m addrtype --dst-type UNICAST --limit-iface-in", own), "yes");
  const here = traveller({ destination: "10.0.1.1" });
  equal(matches("-m addrtype --dst-type LOCAL --limit-iface-in", here), "yes");
  equal(
    matches("-m addrtype --dst-type LOCAL --limit-iface-in", { ...here, input: undefined }),
    "unknown",
  );
  equal(
    matches("-m addrtype --dst-type BROADCAST", traveller({ destination: "10.0.2.255" })),
    "yes",
  );
  // A route of another table that refuses changes nothing.
  equal(matches("-m addrtype --dst-type UNICAST", traveller({ destination: "10.0.7.1" })), "yes");
});

Deno.test("[N6] a device limits only the kinds of its own -m addrtype", () => {
  const both =
    "-o eth1 -m addrtype ! --src-type LOCAL --limit-iface-out -m addrtype --src-type LOCAL";
  const from = (source: string) => traveller({ source }, { hook: "postrouting", output: "eth1" });
  equal(matches(both, from("10.0.1.1")), "yes");
  equal(matches(both, from("10.0.2.1")), "no");
  equal(matches(both, from("10.0.2.9")), "no");
});

Deno.test("[N6] without a local table the addresses of devices tell", () => {
  equal(addressType(state([]), "10.0.1.1"), 2);
  equal(addressType(state([]), "10.0.1.2"), 1);
});

Deno.test("[N6] ctstate asks what NAT did, where conntrack told", () => {
  const packet = traveller({ destination: "127.0.0.1" });
  const rule = "-m conntrack ! --ctstate RELATED,ESTABLISHED,DNAT";
  equal(matches(rule, { ...packet, ctStatus: 32 }), "no");
  equal(matches(rule, { ...packet, ctStatus: 8 }), "yes");
  equal(matches(rule, packet), "unknown");
  equal(matches(rule, { ...packet, ctState: "established" }), "no");
});

Deno.test("[N6] the way back is the best route, not any that leads there", () => {
  const routes = [...LOCAL, route("0.0.0.0/0", "eth0"), route("10.9.0.0/16", "eth1")];
  const back = (source: string, rules: RoutingRule[] = []) =>
    hasWayBack(
      traveller({ source, destination: "10.0.2.9" }, { state: state(routes, rules) }),
      false,
    );
  equal(back("192.0.2.1"), "yes");
  equal(back("10.9.1.1"), "no");
  const first: RoutingRule = { family: 4, priority: 9, action: "lookup", table: 9 };
  const main: RoutingRule = { family: 4, priority: 32_766, action: "lookup", table: 254 };
  equal(back("192.0.2.1", [{ ...first, mark: "0x1" }, main]), "yes");
  equal(back("192.0.2.1", [{ ...first, other: "tos 0x10" }, main]), "unknown");
});
