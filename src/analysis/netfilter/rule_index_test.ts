/** Walking by the index and walking all rules come to the same, for any rules and packets. */
import { deepEqual, equal } from "node:assert/strict";
import fc from "fast-check";
import {
  emptyState,
  type NetfilterChain,
  type NetfilterRule,
  type NetfilterSet,
  type NetnsState,
} from "../../event/state.ts";
import { without } from "../view/shortened.ts";
import { evaluate } from "./evaluate.ts";
import type { Headers } from "./hook_packet.ts";
import { metBy } from "./rule_index.ts";
import { rulesetOf } from "./ruleset.ts";
import type { Traveller } from "./traveller.ts";
import { Walk } from "./walk.ts";
import { seedCount } from "../../../test/sim/seed_count.ts";

const pick = <T>(...values: T[]) => fc.constantFrom(...values);

const four = pick("10.0.0.1", "10.0.0.2", "10.0.3.1", "10.1.0.1", "192.168.7.9");
const six = pick("fd00::1", "FD00::1", "fd00::2", "2001:db8::5", "2001:db9::5");
const anyAddress = fc.oneof({ weight: 4, arbitrary: four }, six);
const port = pick(53, 80, 81, 443);

/** As rules name networks, odd ones included. */
const network = fc.oneof(
  anyAddress.map((each) => `${each}/${each.includes(":") ? 128 : 32}`),
  pick("10.0.0.0/8", "10.0.0.0/24", "0.0.0.0/0", "10.0.0.0/255.0.0.255", "2001:db8::/32"),
  pick("fd00::/64", "::/0", "10.0.0.1", "host.example", "10.0.0.1/33", "10.0.0.300/32"),
);
const negation = pick("", "", "", "! ");

const iptablesText = fc.tuple(
  fc.option(fc.tuple(negation, network).map(([not, net]) => `${not}-s ${net} `)),
  fc.option(fc.tuple(negation, network).map(([not, net]) => `${not}-d ${net} `)),
  pick("", "-i eth0 ", '-m comment --comment "-d 10.0.0.9/32 --dport 9" '),
  fc.option(
    fc.tuple(pick("tcp", "udp"), negation, pick("dport", "sport"), pick("80", "53:90", "443"))
      .map(([protocol, not, option, value]) =>
        `-p ${protocol} -m ${protocol} ${not}--${option} ${value} `
      ),
  ),
  pick("", "", "-p tcp -m multiport --dports 80,443 ", "-m multiport --sports 53,80:90 "),
  pick("-j DROP", "-j ACCEPT", "-j RETURN", "-j SIDE", "-g SIDE", "-j MARK --set-xmark 0x1/0x1"),
).map((parts) => `-A FORWARD ${parts.map((part) => part ?? "").join("")}`);

const field = (protocol: string, name: string) => ({ payload: { protocol, field: name } });
const addressValue = fc.oneof(
  anyAddress,
  pick<unknown>({ prefix: { addr: "10.0.0.0", len: 8 } }, { prefix: { addr: "fd00::", len: 16 } }),
  pick<unknown>({ range: ["10.0.0.0", "10.0.0.9"] }, "@hosts", "host.example"),
);
const match = fc.oneof(
  fc.tuple(
    pick("==", "==", "==", "!="),
    pick(["ip", "daddr"], ["ip", "saddr"], ["ip6", "daddr"], ["ip6", "saddr"]),
    fc.oneof(addressValue, fc.array(addressValue, { maxLength: 3 }).map((set) => ({ set }))),
  ),
  fc.tuple(
    pick("==", "==", "!=", "<"),
    pick(["tcp", "dport"], ["udp", "sport"], ["th", "dport"]),
    fc.oneof(port, pick<unknown>("http", { range: [50, 90] }, { set: [53, 80] }, { set: [] })),
  ),
).map(([op, [protocol, name], right]) => ({
  match: { op, left: field(protocol!, name!), right },
}));
const statement = fc.oneof(
  { weight: 5, arbitrary: match },
  pick<unknown>(
    { counter: { packets: 1, bytes: 2 } },
    { mangle: { key: { meta: { key: "mark" } }, value: 1 } },
    { limit: { rate: 1, per: "second" } },
    { match: "odd" },
    { xt: { type: "match", name: "u32" } },
    "odd",
  ),
);
const nftExpressions = fc.tuple(
  fc.array(statement, { maxLength: 4 }),
  pick<unknown>({ drop: null }, { accept: null }, { jump: { target: "SIDE" } }, { queue: null }),
).map(([statements, end]) => [...statements, end]);

const place = { family: "ip", table: "filter", chain: "FORWARD" };
const rule = fc.oneof(
  iptablesText.map((text): NetfilterRule => ({ ...place, position: 0, text, tool: "iptables" })),
  nftExpressions.map((expressions): NetfilterRule => ({
    ...{ ...place, position: 0, text: "", tool: "nft", packets: 1 },
    expressions,
  })),
  pick<NetfilterRule>(
    {
      ...{ ...place, position: 0, text: "left out", tool: "iptables" },
      elided: { destinations: ["10.0.0.1"], rules: 1, refuses: true },
    },
    { ...place, position: 0, text: "-A FORWARD -s 10.0.0.2/32 -j DR…", tool: "iptables" },
  ),
);

/** Long enough that they are indexed. */
const rules = fc.array(rule, { minLength: 16, maxLength: 40 }).map((list) =>
  list.map((each, position) => ({ ...each, position: position + 1 }))
);

const headers: fc.Arbitrary<Headers> = fc.record({
  network: pick<Headers["network"]>("ip4", "ip4", "ip6", "arp"),
  protocol: pick(6, 17, 1, undefined),
  source: fc.oneof({ weight: 5, arbitrary: anyAddress }, pick(undefined, "odd")),
  destination: fc.oneof({ weight: 5, arbitrary: anyAddress }, pick(undefined, "odd")),
  sourcePort: fc.option(port, { nil: undefined }),
  destinationPort: fc.option(port, { nil: undefined }),
  laterFragment: pick(false, false, true),
  fragment: pick(false),
});

const FORWARD: NetfilterChain = {
  ...{ family: "ip", table: "filter", name: "FORWARD", type: "filter", hook: "forward" },
  ...{ priority: 0, policy: "drop", backend: "nft" },
};
const SIDE: NetfilterChain = { family: "ip", table: "filter", name: "SIDE", backend: "nft" };
const HOSTS: NetfilterSet = {
  ...{ family: "ip", table: "filter", name: "hosts", map: false },
  elements: Array.from({ length: 20 }, (_, i) => `10.0.${i}.1`),
};

const stateOf = (netfilter: NetfilterRule[]): NetnsState =>
  emptyState(1, "0", { chains: [FORWARD, SIDE], netfilter, sets: [HOSTS] });

function travellerOf(state: NetnsState, own: Headers): Traveller {
  return {
    ...{ headers: own, layer: "ip", hook: "forward", input: "eth0", output: "eth1", state },
    ...{ portInput: null, portOutput: null, ctState: "new", ctStatus: undefined },
    ...{ ctDirection: undefined, mark: { value: 0, known: 0xffff }, set: rulesetOf(state).set },
  };
}

Deno.test("[N6] what the index leaves out of a chain says no, and changes nothing", () => {
  fc.assert(
    fc.property(rules, headers, (list, own) => {
      const met = new Set(metBy(list, own));
      const state = stateOf(list);
      for (const each of list.filter((other) => !met.has(other))) {
        const at = travellerOf(state, own);
        const { match: found } = evaluate(each, at, (name) => name === "SIDE");
        equal(found, "no", JSON.stringify(each));
        deepEqual(at.mark, { value: 0, known: 0xffff });
      }
    }),
    { numRuns: seedCount(2_000, 300) },
  );
});

function walked(state: NetnsState, own: Headers, linear: boolean) {
  const ruleset = rulesetOf(state);
  const at = travellerOf(state, own);
  const walk = new Walk(ruleset, at, "new", { linear });
  const { input, output, portInput, portOutput } = at;
  const view = {
    headers: own,
    layer: "ip" as const,
    hook: "forward",
    input,
    output,
    portInput,
    portOutput,
  };
  const on = walk.hook({ view, survived: false, guessed: false }, ruleset.bases);
  return { on, mark: at.mark, cut: walk.cut, candidates: walk.candidates };
}

Deno.test("[N6] a walk by the index is the walk of all rules, also when a rule is taken out", () => {
  fc.assert(
    fc.property(rules, headers, fc.nat(), (list, own, seed) => {
      const state = stateOf(list);
      deepEqual(walked(state, own, false), walked(state, own, true));
      const shorter = { ...state, netfilter: without(list, list[seed % list.length]!) };
      const anew = { ...state, netfilter: [...shorter.netfilter] };
      deepEqual(walked(shorter, own, false), walked(anew, own, true));
    }),
    { numRuns: seedCount(1_000, 200) },
  );
});

Deno.test("[N6] a network of IPv6 with 32 bits is no single address", () => {
  const at = travellerOf(stateOf([]), {
    ...{ network: "ip6", source: "2001:db8::5", destination: "fd00::1" },
    ...{ laterFragment: false, fragment: false },
  });
  const text = "-A FORWARD -s 2001:db8::/32 -j DROP";
  equal(evaluate({ ...place, position: 1, text, tool: "iptables" }, at, () => false).match, "yes");
});

Deno.test("[N6] of a chain of thousands of addresses a packet meets its own", () => {
  const long = Array.from({ length: 5_000 }, (_, i): NetfilterRule => ({
    ...{ ...place, position: i + 1, tool: "iptables" },
    text: `-A FORWARD -s 10.${i >> 8}.${i & 255}.1/32 -j DROP`,
  }));
  const own: Headers = {
    ...{ network: "ip4", source: "10.3.7.1", destination: "10.0.0.1" },
    ...{ laterFragment: false, fragment: false },
  };
  deepEqual(metBy(long, own).map(({ position }) => position), [3 * 256 + 7 + 1]);
});
