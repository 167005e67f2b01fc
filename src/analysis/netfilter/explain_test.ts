/** From rules, counters and a drop to a cause: when a rule is named, how surely, and when not. */
import { deepEqual, equal, match } from "node:assert/strict";
import type { Event } from "../../event/event.ts";
import {
  emptyState,
  type NetfilterChain,
  type NetfilterRule,
  type NetnsState,
} from "../../event/state.ts";
import { RULES } from "../rules/order.ts";
import { caseFor, type CaseParts } from "../../../test/netfilter/case_fixture.ts";

const ADDRESSES = { flags: [], operstate: "UP", mtu: 1500 };

function state(parts: Partial<NetnsState>): NetnsState {
  const link = (ifindex: number, name: string, address: string) => ({
    ...{ ifindex, name, kind: "veth", ...ADDRESSES },
    addresses: [{ address, prefix: 24 }],
  });
  return emptyState(1, "0", {
    links: [link(2, "left", "10.1.0.1"), link(3, "right", "10.2.0.1")],
    ...parts,
  });
}

const forward: NetfilterChain = {
  family: "inet",
  table: "fw",
  name: "c",
  type: "filter",
  hook: "forward",
  priority: 0,
  policy: "accept",
};

/** `udp dport PORT counter drop`, with what it counted. */
function drop(port: number, packets?: number, more: Partial<NetfilterRule> = {}): NetfilterRule {
  return {
    family: "inet",
    table: "fw",
    chain: "c",
    handle: port,
    position: port,
    text: `udp dport ${port} drop`,
    tool: "nft",
    ...(packets === undefined ? {} : { packets }),
    expressions: [
      { match: { op: "==", left: { payload: { protocol: "udp", field: "dport" } }, right: port } },
      { drop: null },
    ],
    ...more,
  };
}

/** One that drops now and then: nobody can tell whether this packet. */
function limited(handle: number, packets?: number): NetfilterRule {
  return {
    ...drop(53, packets),
    ...{ handle, position: handle, text: "limit rate over 1/second drop" },
    expressions: [{ limit: { rate: 1, burst: 5, per: "second", inv: true } }, { drop: null }],
  };
}

const came: Event = {
  ...{ kind: "device-rx", timeNs: 0n, cpu: 0, skb: "a", head: "b", netns: 1, ifindex: 2 },
  ...{ device: "left", network: "ip4", protocol: 17, source: "10.1.0.2", destination: "10.2.0.2" },
  ...{ sourcePort: 4000, destinationPort: 53, ttl: 64, ipId: 7, payload: 8, length: 36 },
};
const freed: Event = {
  ...came,
  ...{ kind: "drop", ttl: 63, function: "nft_do_chain", reason: "NETFILTER_DROP" },
};

function explained(parts: Partial<CaseParts>) {
  const found = caseFor({ events: [came, freed], ...parts });
  for (const rule of RULES.filter(({ id }) => id.startsWith("N"))) {
    const cause = rule.judge(found);
    if (cause) return { ...cause, id: rule.id };
  }
  return null;
}

const both = (chains: NetfilterChain[], before: NetfilterRule[], after: NetfilterRule[]) => ({
  before: state({ chains, netfilter: before }),
  after: state({ chains, netfilter: after }),
});

Deno.test("[N6] the only rule that can drop anything, and that counted, is proven", () => {
  const cause = explained(both([forward], [drop(53, 3)], [drop(53, 4)]));
  deepEqual([cause?.id, cause?.code, cause?.confidence], ["N6", "netfilter-drop", "proven"]);
  match(cause!.sentence, /the rule "udp dport 53 drop" in chain c \(inet table fw, hook forward\)/);
  match(cause!.evidence[1]!.text, /handle 53: udp dport 53 drop; counter 3 → 4/);
  deepEqual(cause!.remedy, ["nft delete rule inet fw c handle 53"]);
});

Deno.test("[N6] with another rule beside it, it is likely", () => {
  const rules = (packets: number) => [drop(53, packets), drop(5353, 9)];
  const cause = explained(both([forward], rules(3), rules(4)));
  deepEqual([cause?.confidence, cause?.remedy], ["likely", [
    "nft delete rule inet fw c handle 53",
  ]]);
});

Deno.test("[N6] a rule for another port is not blamed, the policy is", () => {
  const chain: NetfilterChain = { ...forward, policy: "drop" };
  const cause = explained(both([chain], [drop(5353, 1)], [drop(5353, 1)]));
  deepEqual([cause?.code, cause?.confidence], ["netfilter-drop", "likely"]);
  match(cause!.sentence, /the policy drop of chain c \(inet table fw, hook forward\)/);
  deepEqual(cause!.remedy, [
    "nft add rule inet fw c ip saddr 10.1.0.2 ip daddr 10.2.0.2 udp dport 53 accept",
    "nft add rule inet fw c ct state established,related accept",
  ]);
});

Deno.test("[N7] of two that can have done it neither is named", () => {
  const rules = [limited(1), limited(2)];
  const cause = explained(both([forward], rules, rules));
  deepEqual([cause?.id, cause?.code, cause?.confidence], ["N7", "netfilter-drop", "proven"]);
  match(cause!.sentence, /which rule did can't be told: 2 can have/);
  equal(cause!.evidence.length, 3);
});

Deno.test("[N6] of two that can have done it the one whose counter stood still did not", () => {
  const cause = explained(
    both([forward], [limited(1, 5), limited(2, 7)], [limited(1, 5), limited(2, 8)]),
  );
  deepEqual([cause?.id, cause?.confidence], ["N6", "likely"]);
  deepEqual(cause!.remedy, ["nft delete rule inet fw c handle 2"]);
});

Deno.test("[N7] counters of a table made anew prove nothing", () => {
  const before = [limited(1, 5), limited(2, 0), drop(99, 4)];
  const after = [limited(1, 5), limited(2, 1), drop(99, 0)];
  equal(explained(both([forward], before, after))?.id, "N7");
});

Deno.test("[N7] without rules read, or with a part of them missing, none is named", () => {
  match(explained({})!.sentence, /its rules were not read, or not all/);
  const rules = state({
    chains: [forward],
    netfilter: [drop(53)],
    gaps: [{ what: "netfilter", why: "cut" }],
  });
  match(
    explained({ before: rules, after: rules })!.sentence,
    /its rules were not read, or not all/,
  );
});

Deno.test("[N7] that nothing refuses is said only of rules that refuse nothing at all", () => {
  const rules = state({ chains: [forward], netfilter: [drop(5353)] });
  const cause = explained({ before: rules, after: rules });
  match(
    cause!.sentence,
    /those that refuse, such as the rule "udp dport 5353 drop".* not be decided/,
  );
  match(cause!.evidence[1]!.text, /udp dport 5353 drop/);
  const none = state({ chains: [forward], netfilter: [] });
  const nothing = explained({ before: none, after: none });
  match(
    nothing!.sentence,
    /no rule or policy read there, of nft or of iptables-legacy, refuses any/,
  );
});

Deno.test("[N6] a rule that was gone again when the rules were read after the drop", () => {
  const cause = explained({
    before: state({ chains: [forward], netfilter: [drop(53, 3)] }),
    after: state({ chains: [forward], netfilter: [] }),
  });
  deepEqual([cause?.id, cause?.confidence], ["N6", "likely"]);
});

Deno.test("[N6] without reasons, and before nft freed by itself, the function alone is enough", () => {
  const old: Event = { ...freed, function: "nf_hook_slow" };
  delete old.reason;
  const cause = explained({
    ...both([forward], [drop(53, 3)], [drop(53, 4)]),
    events: [came, old],
    kernel: "5.10.0-28-amd64",
  });
  // nf_hook_slow also frees what connection tracking refuses.
  deepEqual([cause?.id, cause?.confidence], ["N6", "likely"]);
  const routed = explained({ events: [came, { ...old, function: "ip_forward" }] });
  equal(routed, null);
});

const legacyChain: NetfilterChain = { ...forward, family: "ip", table: "filter", name: "FORWARD" };
const legacyDrop: NetfilterRule = {
  ...{ family: "ip", table: "filter", chain: "FORWARD", position: 1, tool: "iptables-legacy" },
  text: "-A FORWARD -p udp -m udp --dport 53 -j DROP",
};

Deno.test("[N6] who freed it tells nft's rule from one of iptables-legacy", () => {
  const rules = state({ chains: [forward, legacyChain], netfilter: [drop(53), legacyDrop] });
  const by = (name: string) =>
    explained({ before: rules, after: rules, events: [came, { ...freed, function: name }] });
  deepEqual(by("nft_do_chain")?.remedy, [
    "nft delete rule inet fw c handle 53",
    "iptables-legacy -t filter -D FORWARD -p udp -m udp --dport 53 -j DROP",
  ]);
  // The other one may stand before it, or behind: with one alone gone the packet may still die.
  deepEqual(by("nf_hook_slow")?.remedy, [
    "iptables-legacy -t filter -D FORWARD -p udp -m udp --dport 53 -j DROP",
    "nft delete rule inet fw c handle 53",
  ]);
});

const isNew = { ct: { key: "state" } };
const invalid: NetfilterRule = {
  ...drop(1, 3),
  ...{ text: "ct state invalid drop", packets: undefined },
  expressions: [{ match: { op: "in", left: isNew, right: "invalid" } }, { drop: null }],
};

Deno.test("[N4] an answer to nothing that went this way is refused as invalid", () => {
  const synAck = { protocol: 6, tcpFlags: 18, tcpSequence: 5 };
  const events = [{ ...came, ...synAck }, { ...freed, ...synAck }];
  const rules = state({ chains: [forward], netfilter: [invalid] });
  const cause = explained({ before: rules, after: rules, events });
  deepEqual([cause?.id, cause?.code], ["N4", "conntrack-invalid"]);
  match(cause!.evidence.at(-1)!.text, /leave connection state invalid/);
});

Deno.test("[N6] a first datagram is not taken for invalid while something else explains it", () => {
  const chain: NetfilterChain = { ...forward, policy: "drop" };
  const rules = state({ chains: [chain], netfilter: [invalid] });
  match(explained({ before: rules, after: rules })!.sentence, /the policy drop/);
});

Deno.test("[N5] an answer seen right before the drop speaks for a rule that rejects", () => {
  const rejects: NetfilterRule = {
    ...limited(3),
    text: "limit rate over 1/second reject",
    expressions: [limited(3).expressions![0], { reject: { type: "icmpx", expr: "x" } }],
  };
  const rules = state({ chains: [forward], netfilter: [limited(1), rejects] });
  const told: Event = { ...freed, kind: "icmp-error", sentIcmpType: 3, sentIcmpCode: 3 };
  const answered = explained({ before: rules, after: rules, events: [came, told, freed] });
  deepEqual([answered?.id, answered?.code], ["N5", "netfilter-reject"]);
  match(answered!.sentence, /rejected .* with an ICMP error \(ICMP_3_3\)/);
  equal(explained({ before: rules, after: rules })?.id, "N7");
});

const full = { conntrack: { count: 1000, max: 1000 }, chains: [], netfilter: [] };

Deno.test("[N1] a full table, and nothing else that can have refused a first packet", () => {
  const events = [came, { ...freed, ttl: 64, function: "nf_hook_slow" }];
  const cause = explained({ before: state(full), after: state(full), events });
  deepEqual([cause?.id, cause?.code, cause?.confidence], ["N1", "conntrack-table-full", "likely"]);
  deepEqual(cause!.remedy, ["sysctl -w net.netfilter.nf_conntrack_max=2000"]);
  const roomy = state({ ...full, conntrack: { count: 10, max: 1000 } });
  equal(explained({ before: roomy, after: roomy, events })?.id, "N7");
  // What nft dropped was not dropped for want of room.
  equal(explained({ before: state(full), events: [came, freed] })?.id, "N7");
});

const service = (address: string, text: string): NetfilterRule => ({
  ...legacyDrop,
  ...{
    tool: "iptables",
    chain: "KUBE-SERVICES",
    text: `-A KUBE-SERVICES -d ${address}/32 ${text}`,
  },
});

Deno.test("[N3] an address refused where others are translated is a service without endpoints", () => {
  const jump = { ...legacyDrop, tool: "iptables" as const, text: "-A FORWARD -j KUBE-SERVICES" };
  const others = { ...service("10.2.0.9", "-j DNAT --to-destination 10.3.0.1"), table: "nat" };
  const refusal = service("10.2.0.2", "-j REJECT --reject-with icmp-port-unreachable");
  const chains = [legacyChain];
  const rules = state({ chains, netfilter: [jump, refusal, others] });
  const cause = explained({ before: rules, after: rules });
  deepEqual([cause?.id, cause?.code], ["N3", "service-without-endpoint"]);
  const alone = state({ chains, netfilter: [jump, refusal] });
  equal(explained({ before: alone, after: alone })?.code, "netfilter-reject");
});

Deno.test("[N2] the outer packet of a tunnel is matched by its own header", () => {
  const outer = {
    ...{ tunnelKind: "vxlan" as const, tunnelId: 7, tunnelSource: "10.1.0.2", tunnelTtl: 64 },
    ...{ tunnelDestination: "10.2.0.2", tunnelSourcePort: 5, tunnelDestinationPort: 4789 },
  };
  const events = [{ ...came, ...outer }, { ...freed, ...outer, tunnelTtl: 63 }];
  const rules = state({ chains: [forward], netfilter: [drop(53), drop(4789)] });
  const cause = explained({ before: rules, after: rules, events });
  deepEqual([cause?.id, cause?.code], ["N2", "tunnel-blocked"]);
  match(
    cause!.sentence,
    /"udp dport 4789 drop".*vxlan 10\.1\.0\.2 > 10\.2\.0\.2 \(UDP port 4789\)/,
  );
});

Deno.test("[N7] a packet netfilter did not touch is none of its rules' business", () => {
  equal(explained({ events: [came, { ...freed, function: "ip_rcv", reason: "IP_CSUM" }] }), null);
});
