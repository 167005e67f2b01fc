/** A state made small says of every packet what the whole one says, or that it can't tell. */
import { deepEqual, equal, ok } from "node:assert/strict";
import { headersOf } from "../../src/analysis/netfilter/hook_packet.ts";
import { rulesetOf } from "../../src/analysis/netfilter/ruleset.ts";
import { translationsOf } from "../../src/analysis/netfilter/translations.ts";
import { Walk } from "../../src/analysis/netfilter/walk.ts";
import {
  emptyState,
  type NetfilterChain,
  type NetfilterRule,
  type NetfilterSet,
  type NetnsState,
} from "../../src/event/state.ts";
import { savedTables } from "../../src/probe/state/iptables.ts";
import { condense } from "../../src/probe/state/condense.ts";
import { eventOf } from "./scene.ts";
import { type Random, randomOf } from "./rules.ts";

const SERVICES = 60;
const addressOf = (i: number) => `10.2.${i >> 8}.${i & 255}`;

/** kube-proxy's shape with some refusals thrown in, in the tables of both backends. */
function program(random: Random): string {
  const chains: string[] = [];
  const nat: string[] = [];
  const filter: string[] = ["-A FORWARD -j KUBE-FORWARD", "-A FORWARD -j KUBE-SERVICES"];
  for (let i = 0; i < SERVICES; i++) {
    const address = addressOf(i);
    chains.push(`:KUBE-SVC-${i} - [0:0]`, `:KUBE-SEP-${i} - [0:0]`);
    nat.push(
      `-A KUBE-SERVICES -d ${address}/32 -p tcp -m comment --comment "s/${i} -j DROP" -m tcp --dport 80 -j KUBE-SVC-${i}`,
      `-A KUBE-SVC-${i} ! -s 10.244.0.0/16 -d ${address}/32 -p tcp -m tcp --dport 80 -j KUBE-MARK`,
      `-A KUBE-SVC-${i} -m statistic --mode random --probability 0.5 -j KUBE-SEP-${i}`,
      `-A KUBE-SEP-${i} -p tcp -m tcp -j DNAT --to-destination 10.244.0.${i}:8080`,
    );
    const odd = random.int(6);
    if (odd === 0) filter.push(`-A KUBE-SERVICES -d ${address}/32 -p tcp -j REJECT`);
    if (odd === 1) filter.push(`-A KUBE-SERVICES -d ${address}/32 -j DENY`);
    if (odd === 2) filter.push(`-A KUBE-SERVICES ! -d ${address}/32 -p icmp -j DROP`);
    if (odd === 3) filter.push(`-A KUBE-SERVICES -d ${address}/32 -j NFQUEUE --queue-num 1`);
    if (random.int(9) === 0) filter.push("-A KUBE-SERVICES -p udp -m udp --dport 53 -j DROP");
  }
  return [
    ...["*nat", ":PREROUTING ACCEPT [0:0]", ":KUBE-SERVICES - [0:0]", ":KUBE-MARK - [0:0]"],
    ...[
      ...chains,
      "-A PREROUTING -j KUBE-SERVICES",
      "-A KUBE-MARK -j MARK --set-xmark 0x4000/0x4000",
    ],
    ...[...nat, "COMMIT", "*filter", `:FORWARD ${random.pick(["DROP", "ACCEPT"])} [0:0]`],
    ...[":KUBE-FORWARD - [0:0]", ":KUBE-SERVICES - [0:0]", ":DENY - [0:0]", "-A DENY -j DROP"],
    ...[":EMPTY - [0:0]", "-A KUBE-FORWARD -j EMPTY"],
    ...["-A KUBE-FORWARD -m mark --mark 0x4000/0x4000 -j ACCEPT", ...filter, "COMMIT"],
  ].join("\n");
}

const KEY = {
  concat: [
    { payload: { protocol: "ip", field: "daddr" } },
    { meta: { key: "l4proto" } },
    { payload: { protocol: "th", field: "dport" } },
  ],
};

/** The same in the shape of kube-proxy's nftables mode. */
function nftState(random: Random): NetnsState {
  const place = { family: "ip", table: "kube-proxy" };
  const positions = new Map<string, number>();
  const netfilter: NetfilterRule[] = [];
  const rule = (chain: string, ...expressions: unknown[]) => {
    const position = (positions.get(chain) ?? 0) + 1;
    positions.set(chain, position);
    const text = JSON.stringify(expressions);
    netfilter.push({
      ...place,
      chain,
      position,
      handle: netfilter.length,
      text,
      tool: "nft",
      expressions,
    });
  };
  const chains: NetfilterChain[] = [
    { ...place, name: "pre", type: "nat", hook: "prerouting", priority: -100, policy: "accept" },
    {
      ...place,
      name: "fwd",
      type: "filter",
      hook: "forward",
      priority: 0,
      policy: random.pick(["accept", "drop"]),
    },
    { ...place, name: "empty" },
  ];
  const map = (name: string): NetfilterSet => ({ ...place, name, map: true, elements: [] });
  const [ips, none] = [map("service-ips"), map("no-endpoint-services")];
  rule("pre", { vmap: { key: KEY, data: "@service-ips" } });
  rule("fwd", { jump: { target: "empty" } });
  rule("fwd", { vmap: { key: KEY, data: "@no-endpoint-services" } });
  if (random.int(2) === 0) {
    rule("fwd", { match: { op: "==", left: { meta: { key: "mark" } }, right: 0x4000 } }, {
      drop: null,
    });
  }
  rule("deny", { drop: null });
  for (let i = 0; i < SERVICES; i++) {
    const key = { concat: [addressOf(i), "tcp", 80] };
    ips.elements.push([
      random.int(2) === 0 ? key : { elem: { val: key, comment: `s/${i}` } },
      { goto: { target: `service-${i}` } },
    ]);
    if (random.int(3) === 0) {
      rule(`service-${i}`, { mangle: { key: { meta: { key: "mark" } }, value: 0x4000 } });
    }
    rule(`service-${i}`, { goto: { target: `endpoint-${i}` } });
    rule(`endpoint-${i}`, { dnat: { addr: `10.244.0.${i}`, port: 8080 } });
    chains.push({ ...place, name: `service-${i}` }, { ...place, name: `endpoint-${i}` });
    const odd = random.int(4);
    if (odd === 0) none.elements.push([key, { goto: { target: "deny" } }]);
    if (odd === 1) none.elements.push([key, { drop: null }]);
  }
  chains.push({ ...place, name: "deny" });
  return emptyState(1, "0", { chains, netfilter, sets: [ips, none] });
}

function stateOf(random: Random): NetnsState {
  if (random.int(2) === 0) return nftState(random);
  const tool = random.pick(["iptables", "iptables-legacy"] as const);
  const { chains, rules } = savedTables(program(random), "ip", tool);
  return emptyState(1, "0", { chains, netfilter: rules });
}

/** Who can refuse the packet, by chain and place, and which marks it may have at the end. */
function walked(state: NetnsState, protocol: "udp" | "tcp" | "icmp", to: string) {
  const ruleset = rulesetOf(state);
  const at = {
    headers: headersOf(eventOf({ protocol, from: "client", to, port: 80 })),
    ...{ layer: "ip" as const, hook: "", input: "left", output: "right", portInput: null },
    ...{ portOutput: null, ctState: "new" as const, ctStatus: undefined, ctDirection: undefined },
    ...{ mark: { value: 0, known: 0xffffffff }, state, set: ruleset.set },
  };
  const walk = new Walk(ruleset, at, "new");
  for (const hook of ["prerouting", "forward"]) {
    const view = { ...at, hook };
    const bases = ruleset.bases.filter(({ chain }) => chain.hook === hook);
    walk.hook({ view, survived: false, guessed: false }, bases);
  }
  return {
    mark: at.mark,
    who: walk.candidates.map(({ rule, match, verdict }) =>
      `${rule ? `${rule.chain} ${rule.position}` : "policy"} ${match} ${verdict.do}`
    ),
  };
}

Deno.test("[N8] what is left out of many rules changes nothing for a packet to another address", () => {
  const random = randomOf(20_261_126);
  let decided = 0;
  for (let i = 0; i < 40; i++) {
    const whole = stateOf(random);
    const wanted = new Set([addressOf(random.int(SERVICES)), addressOf(random.int(SERVICES))]);
    const small = condense(whole, () => wanted, random.pick([1, 9_000]));
    ok(JSON.stringify(small).length < JSON.stringify(whole).length / 3);
    for (const to of [...wanted, "10.2.9.9", "10.244.0.3"]) {
      for (const protocol of ["udp", "tcp", "icmp"] as const) {
        deepEqual(
          walked(small, protocol, to),
          walked(whole, protocol, to),
          `${i} ${to} ${protocol}`,
        );
        decided++;
      }
      const packet = headersOf(eventOf({ protocol: "tcp", from: "client", to, port: 80 }));
      const [a, b] = [small, whole].map((state) =>
        translationsOf(state, packet)!.map(({ address, port }) => `${address}:${port}`)
      );
      deepEqual(a, b);
    }
  }
  equal(decided, 480);
});

Deno.test("[N8] of a packet to an address left out, whoever refuses it stays possible", () => {
  const random = randomOf(7);
  let refused = 0;
  for (let i = 0; i < 40; i++) {
    const whole = stateOf(random);
    const small = condense(whole, () => new Set<string>(), 1);
    const to = addressOf(random.int(SERVICES));
    const [a, b] = [small, whole].map((state) => walked(state, "tcp", to).who);
    // A refusal behind a row that stands for others is that row's, and it is not known to be one.
    const isKept = (who: string) => a!.includes(who) || a!.some((each) => /unknown$/.test(each));
    deepEqual(b!.filter((who) => !who.startsWith("policy") && !isKept(who)), [], `${i}: ${a}`);
    if (b!.length > 0) refused++;
    equal(
      translationsOf(small, headersOf(eventOf({ protocol: "tcp", from: "client", to, port: 80 }))),
      null,
    );
  }
  ok(refused > 10);
});

Deno.test("[N8] few rules are sent as they are, and what the contract does not take is a gap", () => {
  const whole = stateOf(randomOf(3));
  equal(condense(whole, () => new Set()), whole);
  const rule = { ...whole.netfilter[0]!, text: "-A KUBE-SERVICES -p tcp -j DROP" };
  const many = {
    ...whole,
    netfilter: Array.from(
      { length: 60_000 },
      (_, i) => ({ ...rule, position: i, chain: "FORWARD", table: "filter" }),
    ),
  };
  const cut = condense(many, () => new Set());
  ok(cut.netfilter.length > 20_000 && JSON.stringify(cut).length < 16 * 1024 * 1024);
  deepEqual(cut.gaps, [{
    what: "netfilter",
    why: `cut: ${cut.netfilter.length} of 60000 rows kept`,
  }]);
  const set = (name: string, count: number) => ({
    ...{ family: "ip", table: "t", name, map: false },
    elements: Array.from({ length: count }, (_, i) => `address ${name} ${i} and more than that`),
  });
  const { sets } = condense({ ...whole, sets: [set("a", 100_000), set("b", 9)] }, () => new Set());
  deepEqual(sets.map(({ truncated }) => truncated), [true, undefined]);
  ok(sets[0]!.elements.length > 40_000 && JSON.stringify(sets).length <= 2 * 1024 * 1024 + 1000);
});
