/** Rules as nft 1.0.6 and iptables 1.8.9 print them, against packets made up for them. */
import { deepEqual, equal } from "node:assert/strict";
import { emptyState, type NetfilterRule, type NetfilterSet } from "../../event/state.ts";
import type { Verdict } from "./effect.ts";
import { evaluate, possibleVerdicts } from "./evaluate.ts";
import type { Headers } from "./hook_packet.ts";
import type { Traveller } from "./traveller.ts";
import type { Tri } from "../view/tri.ts";

const TCP: Headers = {
  network: "ip4",
  protocol: 6,
  source: "10.0.0.1",
  destination: "10.96.0.1",
  sourcePort: 40_000,
  destinationPort: 80,
  tcpFlags: 2,
  ttl: 63,
  length: 60,
  ipLength: 60,
  laterFragment: false,
  fragment: false,
  packetType: "host",
};

function traveller(changes: Partial<Traveller> = {}, headers: Partial<Headers> = {}): Traveller {
  return {
    headers: { ...TCP, ...headers },
    layer: "ip",
    hook: "forward",
    input: "eth0",
    output: "eth1",
    portInput: null,
    portOutput: null,
    ctState: "new",
    ctStatus: undefined,
    ctDirection: undefined,
    mark: { value: 0, known: 0xffffffff },
    state: emptyState(1, "0"),
    set: (_family, _table, name) => SETS[name] ?? null,
    ...changes,
  };
}

const set = (name: string, elements: unknown[], map = false): NetfilterSet => ({
  family: "inet",
  table: "t",
  name,
  elements,
  map,
});

const SETS: Record<string, NetfilterSet> = {
  hosts: set("hosts", [
    "10.9.0.1",
    { prefix: { addr: "10.1.0.0", len: 16 } },
    { range: ["10.3.0.1", "10.3.0.9"] },
    { elem: { val: "10.0.0.1", timeout: 30, expires: 29 } },
  ]),
  pairs: set("pairs", [{
    concat: [{ prefix: { addr: "10.0.0.0", len: 24 } }, { range: [80, 90] }],
  }]),
  limited: set("limited", [{ elem: { val: "10.0.0.1", limit: { rate: 1, per: "second" } } }]),
  cut: { ...set("cut", ["10.9.0.1"]), truncated: true },
  verdicts: set("verdicts", [[80, { drop: null }], [81, { jump: { target: "c2" } }]], true),
  services: set("services", [
    [{ concat: ["10.96.0.1", "tcp", 80] }, { goto: { target: "reject-chain" } }],
  ], true),
};

const nft = (...expressions: unknown[]): NetfilterRule => ({
  family: "inet",
  table: "t",
  chain: "c",
  handle: 4,
  position: 1,
  text: "",
  tool: "nft",
  expressions,
});

const iptables = (text: string): NetfilterRule => ({
  family: "ip",
  table: "filter",
  chain: "FORWARD",
  position: 1,
  text: `-A FORWARD ${text}`,
  tool: "iptables",
});

const match = (op: string, left: unknown, right: unknown) => ({ match: { op, left, right } });
const field = (protocol: string, name: string) => ({ payload: { protocol, field: name } });
const meta = (key: string) => ({ meta: { key } });
const ct = (key: string) => ({ ct: { key } });
const isChain = (name: string) => ["c2", "SIDE"].includes(name);

function says(expression: unknown, expected: Tri, at = traveller()) {
  const { match: found } = evaluate(nft(expression, { drop: null }), at, isChain);
  equal(found, expected, JSON.stringify(expression));
}

Deno.test("[N6] addresses: prefixes, ranges, sets, and the other family never", () => {
  const source = field("ip", "saddr");
  says(match("==", source, "10.0.0.1"), "yes");
  says(match("==", source, { prefix: { addr: "10.0.0.0", len: 8 } }), "yes");
  says(match("!=", source, { prefix: { addr: "10.0.0.0", len: 8 } }), "no");
  says(match("==", source, { set: ["10.0.0.2", { range: ["10.0.0.0", "10.0.0.1"] }] }), "yes");
  says(match("==", source, "@hosts"), "yes");
  says(match("==", field("ip", "daddr"), "@hosts"), "no");
  says(match("!=", field("ip", "daddr"), "@hosts"), "yes");
  says(match("==", field("ip6", "saddr"), "fd00::1"), "no");
  // A packet without the header matches neither the rule nor its negation.
  says(match("!=", field("ip6", "saddr"), "fd00::1"), "no");
});

Deno.test("[N6] the offset of a fragment is known, its flags are not", () => {
  const masked = (mask: number) => ({ "&": [field("ip", "frag-off"), mask] });
  const later = traveller({}, { laterFragment: true, fragment: true, fragmentOffset: 1480 });
  const first = traveller({}, { fragment: true, fragmentOffset: 0 });
  says(match("!=", masked(0x1fff), 0), "yes", later);
  says(match("==", masked(0x1fff), 185), "yes", later);
  says(match("!=", masked(0x1fff), 0), "no", first);
  says(match("!=", masked(0x2000), 0), "unknown", first);
  says(match("!=", masked(0x3fff), 0), "no");
});

Deno.test("[N6] a set that was cut, is limited, or was not read leaves the match open", () => {
  says(match("==", field("ip", "saddr"), "@cut"), "unknown");
  says(match("==", field("ip", "saddr"), "@limited"), "unknown");
  says(match("==", field("ip", "saddr"), "@nowhere"), "unknown");
});

Deno.test("[N6] ports: ranges, order, pairs; never of another protocol or a later fragment", () => {
  const port = field("tcp", "dport");
  says(match("==", port, { set: [22, { range: [80, 90] }] }), "yes");
  says(match(">=", port, 1024), "no");
  says(match("==", field("udp", "dport"), 80), "no");
  says(match("!=", field("udp", "dport"), 81), "no");
  says(match("==", field("th", "dport"), 80), "yes");
  says(match("==", { concat: [field("ip", "saddr"), port] }, "@pairs"), "yes");
  says(match("==", port, 80), "no", traveller({}, { laterFragment: true, fragment: true }));
  says(match("==", port, 80), "unknown", traveller({}, { destinationPort: undefined }));
});

Deno.test("[N6] flags of TCP and states of connections are bits", () => {
  const flags = field("tcp", "flags");
  const masked = { "&": [flags, ["fin", "syn", "rst", "ack"]] };
  says(match("in", flags, "syn"), "yes");
  says(match("==", masked, "syn"), "yes");
  says(match("!", flags, "syn"), "no");
  says(match("==", flags, { set: [{ "|": ["syn", "ack"] }, "syn"] }), "yes");
  says(match("in", ct("state"), ["established", "related"]), "no");
  says(match("!=", ct("state"), "established"), "yes");
  // As nft has it: no packet's state is both at once.
  says(match("!=", ct("state"), { "|": ["new", "related"] }), "yes");
  says(match("in", ct("state"), "invalid"), "unknown", traveller({ ctState: null }));
});

Deno.test("[N6] devices: wildcards, none at all, and one that is not known", () => {
  says(match("==", meta("iifname"), "eth*"), "yes");
  says(match("!=", meta("oifname"), { set: ["eth0", "eth1"] }), "no");
  says(match("==", meta("iifname"), "eth0"), "no", traveller({ input: null }));
  says(match("!=", meta("iifname"), "eth0"), "unknown", traveller({ input: null }));
  says(match("==", meta("oif"), "eth1"), "unknown", traveller({ output: undefined }));
});

Deno.test("[N6] what a verdict map decides, and what it leaves open", () => {
  const map = (key: unknown, data: unknown, at = traveller()) =>
    evaluate(nft({ vmap: { key, data } }), at, isChain);
  const port = field("tcp", "dport");
  deepEqual(map(port, "@verdicts"), { match: "yes", verdicts: [{ do: "drop" }] });
  const other = traveller({}, { destinationPort: 443 });
  deepEqual(map(port, "@verdicts", other), { match: "no", verdicts: [] });
  const fallback = { set: [[80, { accept: null }], ["*", { jump: { target: "c2" } }]] };
  deepEqual(map(port, fallback, other).verdicts, [{ do: "jump", chain: "c2" }]);
  const open = traveller({}, { destinationPort: undefined });
  deepEqual(map(port, "@verdicts", open), {
    match: "unknown",
    verdicts: [{ do: "drop" }, { do: "jump", chain: "c2" }],
  });
  const key = { concat: [field("ip", "daddr"), meta("l4proto"), field("th", "dport")] };
  deepEqual(map(key, "@services").verdicts, [{ do: "goto", chain: "reject-chain" }]);
});

Deno.test("[N6] marks are followed bit by bit", () => {
  const at = traveller({ mark: { value: 0, known: 0 } });
  says(match("==", meta("mark"), 7), "unknown", at);
  evaluate(
    nft({ mangle: { key: meta("mark"), value: { "|": [meta("mark"), 0x10] } } }),
    at,
    isChain,
  );
  says(match("==", { "&": [meta("mark"), 0x10] }, 0x10), "yes", at);
  says(match("==", { "&": [meta("mark"), 0x20] }, 0x20), "unknown", at);
  evaluate(nft({ mangle: { key: meta("mark"), value: 5 } }), at, isChain);
  says(match("==", meta("mark"), 5), "yes", at);
  evaluate(nft({ mangle: { key: meta("mark"), value: ct("mark") } }), at, isChain);
  says(match("==", meta("mark"), 5), "unknown", at);
});

Deno.test("[N6] chance, sockets and foreign extensions are never decided", () => {
  for (
    const statement of [
      { limit: { rate: 10, burst: 5, per: "second" } },
      { quota: { val: 10, val_unit: "mbytes", inv: true } },
      { "ct count": { val: 3, inv: true } },
      { xt: { type: "match", name: "string" } },
      match("==", meta("skuid"), 0),
      match("==", { numgen: { mode: "random", mod: 2, offset: 0 } }, 0),
      match("==", { "tcp option": { name: "maxseg", field: "size" } }, 100),
      match("==", { payload: { base: "th", offset: 64, len: 8 } }, 8),
      match("==", "what is this", 1),
    ]
  ) says(statement, "unknown");
  const target = evaluate(nft({ xt: { type: "target", name: "TPROXY" } }), traveller(), isChain);
  deepEqual(target.verdicts, [{ do: "unknown" }]);
  const given = nft({ tproxy: { port: 8080 } }, { accept: null });
  deepEqual(evaluate(given, traveller(), isChain), {
    match: "unknown",
    verdicts: [{ do: "accept" }],
  });
  const long = { ...nft(), expressions: undefined };
  deepEqual(evaluate(long, traveller(), isChain).match, "unknown");
});

Deno.test("[N5] a rejecting rule says with what", () => {
  const of = (body: unknown) => evaluate(nft({ reject: body }), traveller(), isChain).verdicts;
  deepEqual(of({ type: "tcp reset" }), [{ do: "reject", with: "tcp reset" }]);
  deepEqual(of({ type: "icmpx", expr: "admin-prohibited" }), [{
    do: "reject",
    with: "icmpx admin-prohibited",
  }]);
});

Deno.test("[N6] iptables' conditions and targets", () => {
  const cases: [text: string, Tri, Verdict[]][] = [
    ["-s 10.0.0.0/8 -d 10.96.0.1/32 -p tcp -m tcp --dport 80 -j DROP", "yes", [{ do: "drop" }]],
    ["-s 10.9.9.1/255.0.0.255 -j ACCEPT", "yes", [{ do: "accept" }]],
    ["! -s 10.0.0.1/32 -j DROP", "no", [{ do: "drop" }]],
    ["-i eth+ ! -o eth1 -j DROP", "no", [{ do: "drop" }]],
    ["-p udp -m udp ! --dport 53 -j DROP", "no", [{ do: "drop" }]],
    ["-p tcp -m multiport --dports 22,80:90 -j RETURN", "yes", [{ do: "return" }]],
    ["-p tcp -m tcp --tcp-flags FIN,SYN,RST,ACK SYN -g SIDE", "yes", [{
      do: "goto",
      chain: "SIDE",
    }]],
    ["-m conntrack --ctstate RELATED,ESTABLISHED -j ACCEPT", "no", [{ do: "accept" }]],
    ["-m state ! --state NEW -j DROP", "no", [{ do: "drop" }]],
    ["-m set --match-set banned src -j DROP", "unknown", [{ do: "drop" }]],
    ["-m mark --mark 0x4000/0x4000 -j DROP", "no", [{ do: "drop" }]],
    ['-m limit --limit 1/sec -j LOG --log-prefix "-j DROP "', "unknown", []],
    ['-m comment --comment "! -j DROP" -j SIDE', "yes", [{ do: "jump", chain: "SIDE" }]],
    ["-j REJECT --reject-with tcp-reset", "yes", [{ do: "reject", with: "tcp-reset" }]],
    ["-j NFQUEUE --queue-num 0", "yes", [{ do: "queue" }]],
    ["-j TPROXY --on-port 1", "yes", [{ do: "unknown" }]],
    ["-m physdev --physdev-is-bridged -j DROP", "no", [{ do: "drop" }]],
  ];
  for (const [text, expected, verdicts] of cases) {
    const effect = evaluate(iptables(text), traveller(), isChain);
    deepEqual(effect, { match: expected, verdicts: expected === "no" ? [] : verdicts }, text);
    deepEqual(possibleVerdicts(iptables(text), traveller(), isChain), verdicts, text);
  }
});

Deno.test("[N6] a rule whose text was cut is not read as if it were whole", () => {
  const effect = evaluate(iptables("-d 10.96.0.1/32 -m comment --comm…"), traveller(), isChain);
  deepEqual(effect, { match: "unknown", verdicts: [{ do: "unknown" }] });
});
