/** Which part of rules a message is about, and how rows of a part take the place of those that were kept. */
import { deepEqual, equal } from "node:assert/strict";
import type { NetfilterRule } from "../../event/state.ts";
import { bothChanges, type RulesChange, rulesChangeOf, type RulesPart } from "./changed_rules.ts";
import type { Netfilter } from "./nft_json.ts";
import { patched, waysOf } from "./rules_patch.ts";

const IP = 2;
const [NEW_CHAIN, DELETED_CHAIN, NEW_RULE, DELETED_RULE, NEW_SET, NEW_ELEMENT, NEW_GENERATION] = [
  ...[3, 5, 6, 8, 9, 12, 15],
].map((type) => 10 << 8 | type);

/** A body with the family, and attributes by their number. */
function told(type: number, family: number, attributes: Record<number, string | Uint8Array>) {
  const parts = Object.entries(attributes).map(([id, value]) => {
    const content = typeof value === "string" ? new TextEncoder().encode(`${value}\0`) : value;
    const bytes = new Uint8Array(4 + content.length + 3 & ~3);
    const view = new DataView(bytes.buffer);
    view.setUint16(0, 4 + content.length, true);
    view.setUint16(2, Number(id), true);
    bytes.set(content, 4);
    return [...bytes];
  });
  return rulesChangeOf({
    type,
    flags: 0,
    body: new Uint8Array([family, 0, 0, 0, ...parts.flat()]),
  });
}

Deno.test("a message about a rule names its chain, and one about elements their set", () => {
  const of = { family: "ip", table: "nat" };
  const chain: RulesChange = { kind: "chain", ...of, name: "KUBE-SVC-1" };
  deepEqual(told(NEW_RULE!, IP, { 1: "nat", 2: "KUBE-SVC-1" }), chain);
  deepEqual(told(DELETED_RULE!, IP, { 1: "nat", 2: "KUBE-SVC-1" }), chain);
  deepEqual(told(NEW_ELEMENT!, IP, { 1: "nat", 2: "s" }), { kind: "set", ...of, name: "s" });
  deepEqual(told(NEW_CHAIN!, IP, { 1: "nat", 3: "c" }), {
    ...{ kind: "chain", ...of, name: "c", how: "new" },
  });
  deepEqual(told(DELETED_CHAIN!, IP, { 1: "nat", 3: "c" }), {
    ...{ kind: "chain", ...of, name: "c", how: "gone" },
  });
  deepEqual(told(NEW_GENERATION!, 0, { 1: new Uint8Array([0, 0, 1, 2]) }), {
    ...{ kind: "generation", number: 258 },
  });
});

Deno.test("what is about more, or has a name that nft could read as more, is about all", () => {
  equal(told(NEW_CHAIN!, IP, { 1: "nat", 3: "c", 4: "hook" }), undefined);
  equal(told(NEW_SET!, IP, { 1: "nat", 2: "s" }), undefined);
  equal(told(NEW_RULE!, 99, { 1: "nat", 2: "c" }), undefined, "of a family that nobody knows");
  equal(told(NEW_RULE!, IP, { 1: "nat" }), undefined);
  for (const name of ["c; flush ruleset", "-F", "a b", "c\n", ""]) {
    equal(told(NEW_RULE!, IP, { 1: "nat", 2: name }), undefined, name);
  }
});

const chainOf = (name: string) => ({ family: "inet", table: "t", name, backend: "nft" as const });
const ruleOf = (chain: string, position: number, text: string): NetfilterRule => ({
  ...{ family: "inet", table: "t", chain, position, text, tool: "nft", handle: position },
});
const KEPT: Netfilter = {
  chains: ["a", "b", "c"].map(chainOf),
  rules: [ruleOf("a", 1, "old a"), ruleOf("c", 1, "old c")],
  sets: [{ family: "inet", table: "t", name: "s", elements: ["1"], map: false }],
};
const partOf = (
  name: string,
  kind: RulesPart["kind"] = "chain",
  how?: RulesPart["how"],
): RulesPart => ({ kind, family: "inet", table: "t", name, ...(how && { how }) });

Deno.test("a chain that is new is the last of its table, and by its name among those of iptables", () => {
  const names = (table: string, name: string, before: string[]) => {
    const rows = before.map((name) => ({ ...chainOf(name), table }));
    const now = { chains: [{ ...chainOf(name), table }], rules: [], sets: [] };
    const part = { ...partOf(name, "chain", "new"), table };
    return patched({ ...KEPT, chains: [...rows, chainOf("other")] }, [{ part, now }])
      .chains.map(({ name }) => name);
  };
  deepEqual(names("own", "b", ["a", "c"]), ["a", "c", "b", "other"]);
  deepEqual(names("nat", "b", ["a", "c"]), ["a", "b", "c", "other"]);
  deepEqual(names("nat", "z", ["a", "c"]), ["a", "c", "z", "other"]);
  deepEqual(names("nat", "b", ["c", "a"]), ["c", "a", "b", "other"], "an iptables that sorts none");
});

Deno.test("a chain that is gone goes with its rules", () => {
  const part = partOf("a", "chain", "gone");
  const left = patched(KEPT, [{ part, now: { chains: [], rules: [], sets: [] } }]);
  deepEqual(left.chains.map(({ name }) => name), ["b", "c"]);
  deepEqual(left.rules.map(({ text }) => text), ["old c"]);
});

Deno.test("of two changes of a chain the one that tells more stands; what came back may stand elsewhere", () => {
  const [changed, come, gone] = [undefined, "new", "gone"].map((how) =>
    partOf("a", "chain", how as RulesPart["how"])
  );
  deepEqual(bothChanges(changed!, gone!), gone);
  deepEqual(bothChanges(come!, changed!), come);
  deepEqual(bothChanges(changed!, come!), come);
  deepEqual(bothChanges(come!, gone!), gone);
  equal(bothChanges(gone!, come!), undefined);
});

Deno.test("rules of a part stand where reading all has them, also those of a chain that had none", () => {
  const textsWith = (name: string, ...texts: string[]) => {
    const rules = texts.map((text, i) => ({ ...ruleOf(name, i + 1, text), packets: 3, bytes: 4 }));
    const { rules: now } = patched(KEPT, [{
      part: partOf(name),
      now: { chains: [chainOf(name)], rules, sets: [] },
    }]);
    equal(now.some(({ packets }) => packets !== undefined), false, "a counter of another time");
    return now.map(({ text }) => text);
  };
  deepEqual(textsWith("a", "1", "2"), ["1", "2", "old c"]);
  deepEqual(textsWith("b", "1", "2"), ["old a", "1", "2", "old c"]);
  deepEqual(textsWith("c", "1", "2"), ["old a", "1", "2"]);
  deepEqual(textsWith("c"), ["old a"]);
});

Deno.test("elements of a set are those that it has now", () => {
  const set = { ...KEPT.sets[0]!, elements: ["2", "3"] };
  const now = { chains: [], rules: [], sets: [set] };
  deepEqual(patched(KEPT, [{ part: partOf("s", "set"), now }]), { ...KEPT, sets: [set] });
});

Deno.test("a part is read alone only where that says what reading all says", () => {
  deepEqual(waysOf(KEPT, [partOf("a"), partOf("b"), partOf("s", "set")]), [
    "chain",
    "chain",
    "set",
  ]);
  equal(waysOf(KEPT, [partOf("a"), partOf("new")]), null, "a chain that is not known");
  deepEqual(waysOf(KEPT, [partOf("new", "chain", "new"), partOf("a", "chain", "gone")]), [
    ...["chain", "gone"],
  ]);
  equal(waysOf(KEPT, [{ ...partOf("new", "chain", "new"), table: "u" }]), null, "of another table");
  equal(waysOf(KEPT, [partOf("__set0", "set")]), null, "a set without a name of its own");
  const iptables = (rules: Partial<NetfilterRule>[]): Netfilter => ({
    chains: [{ family: "ip", table: "nat", name: "C", backend: "nft" }],
    rules: rules.map((rule) => ({ ...ruleOf("C", 1, ""), family: "ip", table: "nat", ...rule })),
    sets: [],
  });
  const part = { kind: "chain", family: "ip", table: "nat", name: "C" } as const;
  const alone = { tool: "iptables", handle: undefined } as const;
  deepEqual(waysOf(iptables([alone]), [part]), ["iptables"]);
  equal(waysOf(iptables([alone, { tool: "iptables" }]), [part]), null, "joined with nft's rows");
  equal(waysOf(iptables([{ tool: "nft" }]), [part]), null, "nft's own, as far as is known");
  equal(waysOf(iptables([]), [part]), null);
});
