/** What a state is after a change, and which changes are told as commands. */
import { deepEqual, equal } from "node:assert/strict";
import { emptyState, type Link, type NetnsState } from "../../../event/state.ts";
import { caseFor } from "../../../../test/netfilter/case_fixture.ts";
import type { Event } from "../../../event/event.ts";
import type { NodeView } from "../../view/timeline.ts";
import { applied, type Change } from "./change.ts";
import { wordsOf } from "./change_words.ts";
import { checked } from "./checked.ts";

const link = (name: string, more: Partial<Link> = {}): Link => ({
  ...{ ifindex: 2, name, kind: "veth", mtu: 1500, flags: [], operstate: "UP", addresses: [] },
  ...more,
});

const state = (parts: Partial<NetnsState> = {}) => emptyState(1, "0", parts);

const arrival = {
  ...{ kind: "device-rx", timeNs: 0n, cpu: 0, netns: 1, ifindex: 2, device: "eth0", skb: "a" },
  ...{ head: "b", network: "ip4", protocol: 17, source: "10.0.0.1", destination: "10.0.0.2" },
} as Event;

/** A node with one namespace that has a name. */
const node = (read: NetnsState): NodeView =>
  caseFor({ events: [arrival], before: { ...read, name: "ns" } }).node;

const up: Change = { do: "set-up", device: "eth0" };
const isUp = ({ links }: NetnsState) => links.every(({ flags }) => flags.includes("UP"));

Deno.test("a change that lets the packet pass is told, in its namespace", () => {
  const read = state({ links: [link("eth0")] });
  deepEqual(checked({ node: node(read), netns: 1, state: read, changes: [up], passes: isUp }), [
    "ip netns exec ns ip link set dev eth0 up",
  ]);
});

Deno.test("no change is told of what is right, of what is not enough, or of what was not read", () => {
  const told = (read: NetnsState | null, passes: (after: NetnsState) => boolean) =>
    checked({ node: node(state()), netns: 1, state: read, changes: [up], passes });
  deepEqual(told(state({ links: [link("eth0", { flags: ["UP"] })] }), isUp), []);
  deepEqual(told(state({ links: [link("eth0"), link("eth1")] }), isUp), []);
  deepEqual(told(null, () => false), []);
});

Deno.test("a remedy of two commands is told whole or not at all", () => {
  const read = state({ links: [link("eth0"), link("-eth1")] });
  const changes: Change[] = [up, { do: "set-up", device: "-eth1" }];
  deepEqual(checked({ node: node(read), netns: 1, state: read, changes, passes: isUp }), []);
});

Deno.test("switching forwarding on does so for every device of the family, and of no other", () => {
  const after = applied(
    state({
      sysctls: {
        "net.ipv4.ip_forward": "0",
        "net.ipv4.conf.eth0.forwarding": "0",
        "net.ipv4.conf.eth0.rp_filter": "0",
        "net.ipv6.conf.eth0.forwarding": "0",
      },
    }),
    [{ do: "set-sysctl", name: "net.ipv4.ip_forward", value: 1 }],
  );
  deepEqual(after.sysctls, {
    "net.ipv4.ip_forward": "1",
    "net.ipv4.conf.eth0.forwarding": "1",
    "net.ipv4.conf.eth0.rp_filter": "0",
    "net.ipv6.conf.eth0.forwarding": "0",
  });
});

Deno.test("an fdb entry is replaced by MAC and device, and deleted with its master, of one VLAN or of all", () => {
  const entry = (mac: string, more = {}) => ({ device: "vx", mac, flags: [], ...more });
  const read = state({
    fdb: [
      entry("02:00:00:00:00:01", { destination: "10.0.0.1" }),
      entry("02:00:00:00:00:02", { master: "br0", vlan: 5 }),
      entry("02:00:00:00:00:02", { master: "br0" }),
    ],
  });
  const moved = entry("02:00:00:00:00:01", { destination: "10.0.0.2" });
  deepEqual(applied(read, [{ do: "replace-fdb", entry: moved }]).fdb.at(-1), moved);
  equal(applied(read, [{ do: "replace-fdb", entry: moved }]).fdb.length, 3);
  const ofAll = entry("02:00:00:00:00:02", { master: "br0" });
  deepEqual(applied(read, [{ do: "delete-fdb", entry: ofAll }]).fdb, read.fdb.slice(0, 1));
  const ofOne = entry("02:00:00:00:00:02", { master: "br0", vlan: 5 });
  deepEqual(applied(read, [{ do: "delete-fdb", entry: ofOne }]).fdb, [read.fdb[0], read.fdb[2]]);
});

Deno.test("a rule goes by all its words, and not at all where some are missing", () => {
  const rule = { family: "ip6", table: "filter", chain: "INPUT", position: 3 };
  const words = (text: string) =>
    wordsOf({ do: "delete-rule", rule: { ...rule, tool: "iptables-legacy", text } });
  deepEqual(words('-A INPUT -m comment --comment "say \\"no\\"" -j DROP').slice(0, 5), [
    ...["ip6tables-legacy", "-t", "filter", "-D", "INPUT"],
  ]);
  deepEqual(words('-A INPUT -m comment --comment "say \\"no\\"" -j DROP')[8], 'say "no"');
  equal(words("-A INPUT -m set --match-set a…").includes(null), true);
});
