import { deepEqual, equal, match } from "node:assert/strict";
import { Gaps } from "./bounds.ts";
import { savedTables, withIptables } from "./iptables.ts";
import { readNftables } from "./netfilter.ts";
import { nftRuleset } from "./nft_json.ts";
import { nftText } from "./nft_text.ts";
import { everySuite, reading, type Suite } from "./testing.ts";

const rulesOf = (suite: Suite, chain: string, role: "node" | "pod" = "node") =>
  reading(suite, role).state.netfilter.filter((rule) => rule.chain === chain);

everySuite("nft's rules have text, position, handle, counters and expressions", (suite) => {
  const rules = rulesOf(suite, "c1");
  deepEqual(rules.map((rule) => rule.position), [1, 2, 3, 4, 5]);
  equal(rules[0]?.text, "ct state invalid drop");
  equal(rules[0]?.packets, undefined);
  deepEqual(rules[0]?.expressions?.at(-1), { drop: null });
  equal(rules[2]?.packets, 0);
  match(rules[2]?.text ?? "", /^tcp dport \{ 22, 23 \} counter/);
  const [named] = rulesOf(suite, "c2");
  equal(named?.handle, 7);
  equal(named?.comment, "a # handle 3");
  equal(named?.packets, 0, "the named counter's");
});

everySuite("chains, with the devices of netdev chains", (suite) => {
  const { chains } = reading(suite, "node").state;
  const of = (name: string) => chains.filter((chain) => chain.name === name);
  deepEqual(of("i").map((chain) => chain.device), ["p1", "veth1"]);
  equal(of("nd")[0]?.device, "veth1");
  equal(of("i")[0]?.policy, "drop");
  equal(of("i")[0]?.priority, -10);
  equal(of("f")[0]?.family, "bridge");
  deepEqual(of("c2"), [{ family: "inet", table: "f", name: "c2", backend: "nft" }]);
});

everySuite("sets and maps with their elements", (suite) => {
  const { sets } = reading(suite, "node").state;
  deepEqual(sets.find((set) => set.name === "s")?.elements, [
    "10.0.0.1",
    { prefix: { addr: "10.1.0.0", len: 16 } },
  ]);
  const map = sets.find((set) => set.name === "m");
  equal(map?.map, true);
  deepEqual(map?.elements[0], [80, { drop: null }]);
});

everySuite("what iptables-nft made reads in iptables' words, once", (suite) => {
  const [reject] = rulesOf(suite, "FORWARD");
  equal(reject?.tool, "iptables");
  equal(reject?.comment, `it's "x"`);
  match(reject?.text ?? "", /^-A FORWARD -p tcp .*-j REJECT --reject-with tcp-reset$/);
  equal(reject?.packets, 0);
  equal(reject?.handle, 2);
  equal(reject?.expressions, undefined);
  const [service] = rulesOf(suite, "KUBE-SERVICES");
  match(service?.text ?? "", /-d 10\.110\.36\.99\/32 .* --to-destination 10\.244\.1\.2:80$/);
  const { chains, netfilter } = reading(suite, "node").state;
  equal(netfilter.filter((rule) => rule.table === "nat").length, 2);
  const policy = chains.find((chain) => chain.family === "ip6" && chain.name === "FORWARD");
  equal(policy?.policy, "drop");
});

everySuite("rules of the older iptables", (suite) => {
  const { state } = reading(suite, "pod");
  deepEqual(state.netfilter, [{
    family: "ip",
    table: "filter",
    chain: "OUTPUT",
    position: 1,
    text: "-A OUTPUT -d 192.0.2.0/24 -m comment --comment old -j DROP",
    tool: "iptables-legacy",
    packets: 0,
    bytes: 0,
    comment: "old",
  }]);
  deepEqual(state.chains.find((chain) => chain.name === "FORWARD"), {
    family: "ip",
    table: "filter",
    name: "FORWARD",
    type: "filter",
    hook: "forward",
    priority: 0,
    policy: "drop",
    backend: "iptables-legacy",
  });
});

Deno.test("a table that iptables only pretends to know stays nft's", () => {
  const place = { family: "ip", table: "filter", chain: "INPUT" };
  const rule = { ...place, position: 1, text: "drop", tool: "nft" as const, handle: 4 };
  const nft = { chains: [], sets: [], rules: [rule] };
  const saved = savedTables("*filter\n[0:0] -A INPUT -j DROP\n", "ip", "iptables");
  // iptables-nft puts a counter into every rule.
  deepEqual(withIptables(nft, saved), nft);
  const counted = { ...nft, rules: [{ ...rule, packets: 3, bytes: 4 }] };
  equal(withIptables(counted, saved).rules[0]?.text, "-A INPUT -j DROP");
  const two = { ...counted, rules: [...counted.rules, { ...rule, position: 2, packets: 0 }] };
  deepEqual(withIptables(two, saved), two);
});

Deno.test("lines of sets and comments are no rules", () => {
  const text = `table inet f { # handle 1
\tset s { # handle 2
\t\telements = { "a # handle 9" } # handle 9
\t}
\tchain c { # handle 3
\t\tlog prefix "x # handle 8" comment "y # handle 7" # handle 4
\t}
}
`;
  const rules = nftText(text).rules;
  deepEqual([...rules], [["inet f c 4", `log prefix "x # handle 8" comment "y # handle 7"`]]);
});

Deno.test("a rule of thousands of addresses keeps its text and loses its expressions", () => {
  const right = { set: Array.from({ length: 3000 }, (_, i) => `10.0.${i >> 8}.${i & 255}`) };
  const rule = { family: "ip", table: "t", chain: "c", handle: 1, expr: [{ match: { right } }] };
  const gaps = new Gaps();
  const { rules } = nftRuleset([{ rule }, { rule: { handle: "x" } }], nftText(""), gaps);
  equal(rules[0]?.expressions, undefined);
  equal(rules[0]?.text.length, 4000);
  match(gaps.rows[0]?.why ?? "", /^1 objects/);
});

Deno.test("of very many rules iptables' words alone are read, and what they lack is a gap", () => {
  const section = (name: string, stdout: string) => ({ name, stdout, stderr: "", status: 0 });
  const listed = (table: string) =>
    `{"nftables": [{"metainfo": {}}, {"chain": {"family": "inet", "table": "${table}", "name": "c"}}]}`;
  const saved = "*nat\n:PREROUTING ACCEPT [0:0]\n[1:60] -A PREROUTING -j ACCEPT\nCOMMIT\n";
  const read = (text: string) => {
    const gaps = new Gaps();
    const sections = [
      ...[section("tables", "table ip nat\ntable inet x"), section("iptables4", text)],
      ...[section("alone", " ip "), section("nft-json", `${listed("x")}\n${listed("y")}\n`)],
    ];
    const found = readNftables(new Map(sections.map((each) => [each.name, each])), gaps);
    return { ...found, gaps: gaps.rows };
  };
  const { chains, rules, gaps } = read(saved);
  deepEqual(chains.map(({ table, name }) => `${table} ${name}`), ["x c", "y c", "nat PREROUTING"]);
  deepEqual(rules.map(({ tool, packets, handle }) => [tool, packets, handle]), [
    ["iptables", 1, undefined],
  ]);
  deepEqual(gaps, []);
  const odd = read(`# Table \`filter' is incompatible, use 'nft' tool.\n${saved}`);
  match(odd.gaps[0]!.why, /table filter has rules that iptables-nft-save does not print/);
});
