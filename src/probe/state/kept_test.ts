/** What a reading can go without, by what was heard since the one before. */
import { deepEqual, equal } from "node:assert/strict";
import { type Kept, KnownStates, namesOf } from "./kept.ts";
import { everySuite, sectionsOf } from "./testing.ts";
import { assemble } from "./assemble.ts";

/** A namespace that nobody can enter: its ruleset has no number. */
const HANDLE = { inode: 1, name: "n", path: "/run/netns/lhst-never-was" };
const ROUTE = { family: 4, table: 254, type: "unicast", destination: "10.0.0.0/8" } as const;
const KEPT: Kept = { routes: { rows: [ROUTE], gaps: [] }, fdb: { rows: [], gaps: [] } };

function read(known: KnownStates): void {
  known.end(HANDLE, known.begin(HANDLE, true), KEPT);
}

Deno.test("nothing is kept of what was never read, and tables while nothing is heard", () => {
  const known = new KnownStates();
  deepEqual(known.keptOf(HANDLE, false), {});
  read(known);
  deepEqual(namesOf(known.keptOf(HANDLE, false)), ["routes", "fdb"]);
});

Deno.test("what was heard is read again, with what the kernel takes away with it", () => {
  const left = (...parts: Parameters<KnownStates["heard"]>[1][]) => {
    const known = new KnownStates();
    read(known);
    for (const part of parts) known.heard(1, part);
    return namesOf(known.keptOf(HANDLE, false));
  };
  deepEqual(left("route"), ["fdb"]);
  deepEqual(left("neighbour"), ["routes"]);
  deepEqual(left("link"), []);
  deepEqual(left("address"), ["fdb"]);
  deepEqual(left("rule", "netfilter"), ["routes", "fdb"]);
  deepEqual(left("all"), [], "changes were lost");
});

Deno.test("what is heard while it is read counts for the next reading", () => {
  const known = new KnownStates();
  known.heard(1, "route");
  const begun = known.begin(HANDLE, false);
  equal(known.isStale(1, begun, ["routes"]), false);
  known.heard(1, "route");
  equal(known.isStale(1, begun, ["routes"]), true);
  known.end(HANDLE, begun, KEPT);
  deepEqual(namesOf(known.keptOf(HANDLE, false)), ["fdb"]);
});

Deno.test("of two readings at once the one that began last is kept, whichever ends first", () => {
  const newer: Kept = { routes: { rows: [{ ...ROUTE, destination: "10.9.0.0/16" }], gaps: [] } };
  for (const olderFirst of [true, false]) {
    const known = new KnownStates();
    const older = known.begin(HANDLE, false);
    // Heard after the older one looked: it is old in this, and the newer is not.
    known.heard(1, "route");
    const last = known.begin(HANDLE, false);
    equal(known.isStale(1, older, ["fdb"]), true, "nobody knows what changed since it began");
    const ends = [() => known.end(HANDLE, older, KEPT), () => known.end(HANDLE, last, newer)];
    for (const end of olderFirst ? ends : ends.reverse()) end();
    deepEqual(known.keptOf(HANDLE, false), newer);
  }
});

Deno.test("a change that was heard before a reading stays known while that goes on", () => {
  const known = new KnownStates();
  read(known);
  known.heard(1, "route");
  known.begin(HANDLE, false);
  deepEqual(namesOf(known.keptOf(HANDLE, false)), ["fdb"]);
});

Deno.test("what ends after its namespace was forgotten is not kept", () => {
  const known = new KnownStates();
  const begun = known.begin(HANDLE, false);
  known.forget(1);
  known.end(HANDLE, begun, KEPT);
  deepEqual(known.keptOf(HANDLE, false), {});
});

Deno.test("rules are read again where the kernel does not tell the number of their set", () => {
  const known = new KnownStates();
  const netfilter = { chains: [], rules: [], sets: [], gaps: [] };
  known.end(HANDLE, known.begin(HANDLE, true), { netfilter });
  deepEqual(known.keptOf(HANDLE, false), {});
});

Deno.test("a namespace that is gone is forgotten, and more rows than there is room for are not kept", () => {
  const known = new KnownStates();
  read(known);
  known.forget(1);
  deepEqual(known.keptOf(HANDLE, false), {});
  const rows = Array.from({ length: 600_000 }, () => ROUTE);
  known.end(HANDLE, known.begin(HANDLE, false), { routes: { rows, gaps: [] } });
  deepEqual(known.keptOf(HANDLE, false), {});
});

everySuite(
  "a reading with kept parts is that of everything, but for the counters of rules",
  (suite) => {
    const handle = { inode: 4026532117, name: "node", path: "" };
    const sections = sectionsOf(suite, "node");
    const whole = assemble(handle, sections);
    const fewer = new Map(
      [...sections].filter(([name]) =>
        !/^(route[46]|fdb|tables|iptables[46]|nft-\w+|alone)$/.test(name)
      ),
    );
    const { kept, ...state } = assemble(handle, fewer, undefined, whole.keepable).state;
    deepEqual(kept, ["routes", "fdb", "netfilter"]);
    const legacy = (tool: string) => tool === "iptables-legacy";
    const rules = whole.state.netfilter.map(({ packets, bytes, ...rule }) =>
      legacy(rule.tool) && packets !== undefined ? { ...rule, packets, bytes } : rule
    );
    const sorted = (gaps: typeof state.gaps) => gaps.map((gap) => JSON.stringify(gap)).sort();
    deepEqual(
      { ...state, gaps: sorted(state.gaps) },
      { ...whole.state, netfilter: rules, gaps: sorted(whole.state.gaps) },
    );
  },
);
