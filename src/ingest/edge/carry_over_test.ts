import { deepEqual } from "node:assert/strict";
import { gzipSync } from "node:zlib";
import { NO_COUNTERS } from "../stores/store.ts";
import { BundleTable } from "./bundle_table.ts";
import { textsOf } from "./bundles.ts";
import { HubTable } from "./hub_table.ts";
import type { Part } from "./parts.ts";
import { objectState } from "./testing_state.ts";

const text = (value: unknown) => `'${JSON.stringify(value)}'`;
const blob = (value: string) => `x'${gzipSync(value).toString("hex")}'`;

const incident = {
  ...{ id: "i", title: "", filter: "", createdMs: 1, importing: false, arrivedMs: 1 },
  ...{
    closedMs: null,
    shards: 1,
    revision: 9,
    counters: { ...NO_COUNTERS, batches: 3, events: 7 },
  },
};

/** What the version of 2026-11-26 had after three batches, of which the first lost its hops. */
const HUB = [
  "CREATE TABLE documents (name TEXT PRIMARY KEY, text TEXT NOT NULL)",
  `CREATE TABLE batches (
    row INTEGER PRIMARY KEY, probe TEXT NOT NULL, sequence INTEGER NOT NULL, ticket TEXT NOT NULL,
    header TEXT NOT NULL, refused INTEGER NOT NULL, evicted INTEGER NOT NULL,
    UNIQUE (probe, sequence))`,
  `CREATE TABLE sizes (tier INTEGER NOT NULL, row INTEGER NOT NULL,
    lines INTEGER NOT NULL, chars INTEGER NOT NULL, PRIMARY KEY (tier, row)) WITHOUT ROWID`,
  `CREATE TABLE own (row INTEGER NOT NULL, tier INTEGER NOT NULL,
    piece INTEGER NOT NULL, text TEXT NOT NULL, PRIMARY KEY (row, tier, piece)) WITHOUT ROWID`,
  `CREATE TABLE evictions (id INTEGER PRIMARY KEY AUTOINCREMENT,
    row INTEGER NOT NULL, tier INTEGER NOT NULL)`,
  `INSERT INTO documents VALUES ('incident', ${text(incident)}),
    ('layout', ${text({ shards: 1, epoch: 1 })})`,
  `INSERT INTO batches VALUES (1, 'p', 0, 't1', '{"sequence":0}', 0, 5),
    (2, 'p', 1, 't2', '{"sequence":1}', 1, 0), (3, 'q', 0, 't3', '{"sequence":0}', 0, 0)`,
  "INSERT INTO sizes VALUES (1, 1, 1, 10), (0, 2, 4, 40), (2, 2, 1, 90), (0, 3, 2, 20)",
  "INSERT INTO own VALUES (2, 2, 0, 'state')",
  "INSERT INTO evictions (row, tier) VALUES (1, 0)",
];

Deno.test("edge: a hub goes on with what the version before it kept", () => {
  const state = objectState(HUB);
  for (const table of [new HubTable(state), new HubTable(state)]) {
    deepEqual(table.incident, incident);
    deepEqual([table.row, table.layout], [3, { shards: 1, epoch: 1 }]);
    deepEqual(table.evictedTo, { ordinary: 1, drops: 0, state: 0 });
    const rows = table.page(0, Infinity, 10);
    deepEqual(rows.map(({ tiers }) => tiers), [["drops"], ["ordinary", "state"], ["ordinary"]]);
    deepEqual(rows.map(({ evicted, refused }) => [evicted, refused]), [[5, 0], [0, 1], [0, 0]]);
    deepEqual(rows[1]!.own, [{ tier: "state", text: "state" }]);
    deepEqual([table.has("p", 1), table.has("p", 2)], [true, false]);
    deepEqual(table.tickets(1, 10), [[2, "t2", 0], [3, "t3", 0]]);
  }
});

const SHARD = [
  `CREATE TABLE parts (
    id INTEGER PRIMARY KEY AUTOINCREMENT, ticket TEXT NOT NULL, tier INTEGER NOT NULL,
    source INTEGER NOT NULL, node TEXT NOT NULL, row INTEGER, lines INTEGER NOT NULL,
    chars INTEGER NOT NULL, came_ms INTEGER NOT NULL, epoch INTEGER NOT NULL,
    UNIQUE (ticket, tier, source))`,
  `CREATE TABLE bodies (part INTEGER NOT NULL, piece INTEGER NOT NULL,
    body BLOB NOT NULL, PRIMARY KEY (part, piece)) WITHOUT ROWID`,
  "CREATE TABLE numbers (name TEXT PRIMARY KEY, value INTEGER NOT NULL)",
  "INSERT INTO numbers VALUES ('row', 2), ('epoch', 1), ('eviction', 1)",
  `INSERT INTO parts VALUES (1, 't1', 1, -1, 'a', 1, 1, 6, 5, 1),
    (2, 't2', 0, -1, 'b', 2, 2, 6, 6, 1), (3, 't2', 1, -1, 'b', 2, 1, 5, 6, 1),
    (4, 't3', 0, 7, 'c', NULL, 1, 3, 7, 1)`,
  `INSERT INTO bodies VALUES (1, 0, ${blob("drop1\n")}), (2, 0, ${blob("h1\nh2\n")}),
    (3, 0, ${blob("drop\n")}), (4, 0, ${blob("h3\n")})`,
];

Deno.test("edge: a shard goes on with what the version before it kept", async () => {
  const state = objectState(SHARD);
  for (const table of [new BundleTable(state), new BundleTable(state)]) {
    deepEqual([table.number("row"), table.events()], [2, 4]);
    const bundles = table.all.toSorted((a, b) => a.ticket < b.ticket ? -1 : 1);
    const found = await Promise.all(
      bundles.map(async (bundle) =>
        (await textsOf({ parts: bundle.parts, bodies: table.bodies(bundle) }))
          .map((part) => [table.rowOf(bundle, part), part.node, part.tier, part.text])
      ),
    );
    deepEqual(found, [
      [[1, "a", "drops", "drop1\n"]],
      [[2, "b", "ordinary", "h1\nh2\n"], [2, "b", "drops", "drop\n"]],
      [[null, "c", "ordinary", "h3\n"]],
    ]);
  }
});

Deno.test("edge: a shard forgets what was evicted, and says the same after a restart", async () => {
  const state = objectState();
  const table = new BundleTable(state);
  const bundle = (...lines: string[]) => ({
    parts: lines.map((line, at): Part => {
      const tier = at === 2 ? "drops" : "ordinary";
      return { at, node: "n", tier, lines: 1, chars: line.length };
    }),
    bodies: {
      ordinary: gzipSync(lines.slice(0, 2).join("")) as Uint8Array<ArrayBuffer>,
      drops: gzipSync(lines[2]!) as Uint8Array<ArrayBuffer>,
    },
  });
  table.put({ ticket: "t", source: -1, epoch: 1, cameMs: 1 }, bundle("a\n", "b\n", "c\n"));
  table.put({ ticket: "u", source: -1, epoch: 1, cameMs: 1 }, bundle("d\n", "e\n", "f\n"));
  table.confirm([[1, "t", 0], [2, "t", 1], [3, "t", 2], [9, "nowhere", 0]]);
  const kept = async (table: BundleTable) => {
    const texts = await Promise.all(
      table.all.map(async (bundle) =>
        (await textsOf({ parts: bundle.parts, bodies: table.bodies(bundle) }))
          .filter((part) => table.rowOf(bundle, part) !== null).map(({ text }) => text)
      ),
    );
    return texts.flat().sort().join("").replaceAll("\n", "");
  };
  deepEqual([await kept(table), table.events()], ["abc", 3]);
  for (const [ordinary, left] of [[1, "bc"], [2, "c"]] as const) {
    table.evict({ ordinary, drops: 0, state: 0 });
    deepEqual([await kept(table), await kept(new BundleTable(state))], [left, left]);
  }
  table.withdraw("u");
  deepEqual(table.all.map(({ ticket, tiers }) => [ticket, ...tiers]), [["t", "drops"]]);
  table.evict({ ordinary: 2, drops: 3, state: 0 });
  deepEqual([table.all, new BundleTable(state).all], [[], []]);
});
