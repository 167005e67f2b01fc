import { deepStrictEqual as equal, notDeepStrictEqual as differ, ok } from "node:assert/strict";
import { fakeLink, fakeState } from "../../../test/fake/state.ts";
import { matches, parseFilter, parseNamedFilter } from "../../event/filter/mod.ts";
import { hostsOf, Planner } from "./plan.ts";

const nat = (...lines: string[]) => ({
  chains: [{ family: "ip", table: "nat", name: "PREROUTING", type: "nat", hook: "prerouting" }],
  netfilter: lines.map((text, i) => ({
    family: "ip",
    table: "nat",
    chain: "PREROUTING",
    position: i + 1,
    text: `-A PREROUTING ${text}`,
    tool: "iptables" as const,
  })),
});

const packet = (source: string, destination: string) => ({
  network: "ip4" as const,
  protocol: 6,
  source,
  destination,
  sourcePort: 4000,
  destinationPort: 80,
});

Deno.test("plan: both directions are asked for, and the other side of a service", () => {
  const planner = new Planner(parseFilter("dst host 10.96.0.10"));
  const before = planner.plan();
  planner.update(fakeState(1, nat("-d 10.96.0.10/32 -j DNAT --to-destination 10.244.0.7")));
  const { filterNode, key, kernel } = planner.plan();
  differ(key, before.key);
  equal(matches(filterNode, packet("10.0.0.1", "10.96.0.10")), true);
  equal(matches(filterNode, packet("10.96.0.10", "10.0.0.1")), true);
  equal(matches(filterNode, packet("10.0.0.1", "10.244.0.7")), true);
  equal(matches(filterNode, packet("10.244.0.7", "10.0.0.1")), true);
  equal(matches(filterNode, packet("10.0.0.1", "10.0.0.2")), false);
  ok(kernel.exact);
});

Deno.test("plan: what changes nothing for the filter keeps the key", () => {
  const planner = new Planner(parseFilter("host 10.0.0.1"));
  const { key } = planner.plan();
  planner.update(fakeState(1, {
    ...nat("-d 10.96.0.10/32 -j DNAT --to-destination 10.244.0.7"),
    links: [fakeLink("eth0", ["10.0.0.1/24"])],
  }));
  equal(planner.plan().key, key);
  const vxlan = fakeLink("vx0", [], { kind: "vxlan", tunnel: { port: 5555 } });
  planner.update(fakeState(2, { links: [vxlan] }));
  differ(planner.plan().key, key);
});

Deno.test("plan: everything is everything, and needs no widening", () => {
  const plan = new Planner(parseFilter("")).plan();
  equal(plan.filterNode.kind, "all");
  equal(plan.kernel, { expression: "1", exact: true });
});

Deno.test("plan: a filter too large for the kernel passes all there and is kept for user space", () => {
  const hosts = Array.from({ length: 100 }, (_, i) => `host 10.0.${i}.1`).join(" or ");
  const plan = new Planner(parseFilter(hosts)).plan();
  equal(plan.kernel, { expression: "1", exact: false });
  equal(matches(plan.filterNode, packet("10.0.7.1", "10.1.0.1")), true);
});

Deno.test("plan: two ends of a node with a service and a masquerade stay in the kernel, if wider there", () => {
  const planner = new Planner(
    parseFilter("host 10.244.1.2 and (host 10.244.2.2 or host 10.96.0.20)"),
  );
  planner.update(fakeState(1, {
    ...nat(
      "-d 10.96.0.20/32 -p tcp -m tcp --dport 80 -j DNAT --to-destination 10.244.2.2:8080",
      "-d 10.96.0.40/32 -p tcp -m tcp --dport 80 -j DNAT --to-destination 10.244.2.2:8080",
      "-j MASQUERADE --random-fully",
    ),
    links: [fakeLink("eth0", ["192.0.2.1/24"]), fakeLink("cni0", ["10.244.1.1/24"])],
  }));
  const { filterNode, kernel } = planner.plan();
  equal(kernel.exact, false);
  differ(kernel.expression, "1");
  // User space has the filter itself.
  equal(matches(filterNode, packet("10.244.1.2", "10.96.0.20")), true);
  equal(matches(filterNode, packet("10.244.1.2", "10.244.9.9")), false);
});

Deno.test("plan: the addresses that a filter names whole", () => {
  equal(hostsOf(parseFilter("host 10.0.0.1 or (not src host fd00::1 and net 10.0.0.0/8)")), [
    "10.0.0.1",
    "fd00::1",
  ]);
});

const entry = (client: number, pod: string) => ({
  protocol: 6,
  original: {
    ...{ source: "10.0.0.1", sourcePort: client },
    ...{ destination: "10.96.0.10", destinationPort: 80 },
  },
  reply: { source: pod, sourcePort: 80, destination: "10.0.0.1", destinationPort: client },
  status: [],
});

Deno.test("plan: a stale entry widens, stays when it expired, and its pod's other traffic is out", () => {
  const planner = new Planner(parseFilter("host 10.96.0.10"));
  planner.update(fakeState(1, {
    ...nat("-d 10.96.0.10/32 -j DNAT --to-destination 10.244.0.6"),
    connections: [entry(4000, "10.244.0.3")],
  }));
  const { filterNode, key, kernel } = planner.plan();
  ok(kernel.exact);
  equal(matches(filterNode, packet("10.0.0.1", "10.244.0.6")), true);
  equal(matches(filterNode, packet("10.0.0.1", "10.244.0.3")), true);
  equal(matches(filterNode, { ...packet("10.0.0.1", "10.244.0.3"), destinationPort: 81 }), false);
  planner.update(fakeState(1, {
    ...nat("-d 10.96.0.10/32 -j DNAT --to-destination 10.244.0.6"),
    connections: [],
  }));
  equal(planner.plan().key, key);
});

Deno.test("plan: connections never make the filter too large for the kernel", () => {
  const planner = new Planner(parseFilter("net 10.96.0.0/16"));
  const pods = Array.from({ length: 200 }, (_, i) => entry(4000 + i, `10.244.0.${i}`));
  planner.update(fakeState(1, { connections: pods }));
  ok(planner.plan().kernel.exact);
});

/** A connection of 10.244.0.7 whose source became the node's. */
const outward = (peer: string, port: number) => ({
  protocol: 6,
  original: {
    ...{ source: "10.244.0.7", sourcePort: 4000 },
    ...{ destination: peer, destinationPort: port },
  },
  reply: { source: peer, sourcePort: port, destination: "192.0.2.1", destinationPort: 4000 },
  status: [],
});

Deno.test("plan: an entry widens by the node's address with whom it speaks, unless the rules say as much", () => {
  const planner = new Planner(parseFilter("host 10.244.0.7"));
  const links = [fakeLink("eth0", ["192.0.2.1/24"])];
  const asks = (peer: string) =>
    matches(planner.plan().filterNode, packet("192.0.2.1", peer)) &&
    matches(planner.plan().filterNode, { ...packet(peer, "192.0.2.1"), sourcePort: 80 });
  planner.update(fakeState(1, { links, connections: [outward("198.51.100.1", 80)] }));
  equal([asks("198.51.100.1"), asks("198.51.100.2")], [true, false]);
  const many = Array.from({ length: 20 }, (_, i) => outward(`198.51.100.${i}`, 80));
  planner.update(fakeState(1, { links, connections: many }));
  equal([asks("198.51.100.1"), asks("203.0.113.9")], [true, true]);
  const other = new Planner(parseFilter("host 10.244.0.7"));
  const rules = nat("-s 10.244.0.0/16 ! -d 10.244.0.0/16 -j MASQUERADE");
  other.update(fakeState(1, { ...rules, links }));
  const { key } = other.plan();
  other.update(fakeState(1, { ...rules, links, connections: [outward("198.51.100.1", 80)] }));
  equal(other.plan().key, key);
  other.update(fakeState(1, { ...rules, links, connections: [outward("10.244.9.9", 80)] }));
  differ(other.plan().key, key);
});

Deno.test("plan: what a node sends through its own tunnel is not what it masquerades", () => {
  const planner = new Planner(parseFilter("host 10.244.0.7"));
  planner.update(fakeState(1, {
    ...nat("-s 10.244.0.0/16 ! -d 10.244.0.0/16 -j MASQUERADE"),
    links: [
      fakeLink("eth0", ["192.0.2.1/24"]),
      fakeLink("flannel.1", ["10.244.0.0/32"], { kind: "vxlan", tunnel: { port: 8472 } }),
    ],
  }));
  const { filterNode, kernel } = planner.plan();
  ok(kernel.exact);
  const outer = { ...packet("192.0.2.1", "192.0.2.2"), protocol: 17, destinationPort: 8472 };
  equal(matches(filterNode, outer), false);
  equal(matches(filterNode, { ...outer, source: "192.0.2.2", destination: "192.0.2.1" }), false);
  equal(matches(filterNode, { ...outer, destinationPort: 53 }), true);
  equal(matches(filterNode, packet("192.0.2.1", "10.244.1.1")), false);
});

Deno.test("plan: a named pod is asked for by its addresses, as it was and as it is after it was replaced", () => {
  const where = (netns: number) => netns < 9 ? { node: "worker", own: false } : undefined;
  const planner = new Planner(parseNamedFilter("pod web-0 and port 80"), where);
  const asks = (address: string) =>
    matches(planner.plan().filterNode, packet("10.9.9.9", address)) &&
    matches(planner.plan().filterNode, { ...packet(address, "10.9.9.9"), sourcePort: 80 });
  equal(asks("10.0.0.1"), false);
  equal(planner.plan().kernel.exact, true);
  const pod = (netns: number, uid: string, address: string, name = "web-0") =>
    fakeState(netns, {
      holder: { pod: { namespace: "shop", name, uid } },
      links: [fakeLink("eth0", [`${address}/24`])],
    });
  planner.update(pod(1, "u1", "10.0.0.1"));
  planner.update(pod(2, "u2", "10.0.0.2", "web-1"));
  planner.update(pod(9, "u9", "10.0.0.9"));
  equal(["10.0.0.1", "10.0.0.2", "10.0.0.9"].map(asks), [true, false, false]);
  equal(planner.connections.words.includes("src=10.0.0.1 "), true);
  planner.update(pod(3, "u3", "10.0.0.3"));
  equal(["10.0.0.1", "10.0.0.3"].map(asks), [true, true]);
  const { key } = planner.plan();
  planner.update(pod(3, "u3", "10.0.0.3"));
  equal(planner.plan().key, key);
});
