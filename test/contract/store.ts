/** What every store must do, whatever it is made of. Its tests call this with a factory. */
import { deepEqual, equal, ok } from "node:assert/strict";
import fc from "fast-check";
import { DEFAULT_LIMITS, type StoreLimits } from "../../src/ingest/limits.ts";
import type { NewIncident, Store, StoredBatch, StoredToken } from "../../src/ingest/store.ts";
import { dropLine, headerOf, hopLine, newBatch, stateLine } from "./lines.ts";

export interface OpenedStore {
  store: Store;
  /** Opens the same data again, as after a restart. Absent when nothing outlives the store. */
  reopen?: () => Promise<Store>;
  cleanUp(): Promise<void>;
}

export type OpenStore = (limits: StoreLimits) => Promise<OpenedStore>;

const incident = (id: string, some: Partial<NewIncident> = {}): NewIncident => ({
  id,
  title: "",
  filter: "",
  createdMs: 1000,
  importing: false,
  ...some,
});

const token = (id: string, of: string | null): StoredToken => ({
  id,
  incident: of,
  role: "viewer",
  hash: "00".repeat(32),
  createdMs: 1,
  expiresMs: null,
});

async function all(store: Store, id: string, rowMax?: number): Promise<StoredBatch[]> {
  return await Array.fromAsync(store.readBatches(id, rowMax));
}

const textOf = (batches: StoredBatch[]) =>
  batches.flatMap(({ segments }) => segments.map(({ text }) => text)).join("");

export function storeContract(name: string, open: OpenStore): void {
  const test = (
    title: string,
    run: (opened: OpenedStore) => Promise<void>,
    limits: Partial<StoreLimits> = {},
  ) =>
    Deno.test(`store ${name}: ${title}`, async () => {
      const opened = await open({ ...DEFAULT_LIMITS.store, ...limits });
      try {
        await run(opened);
      } finally {
        await opened.cleanUp();
      }
    });

  test("an incident is created once, listed newest first, and closed once", async ({ store }) => {
    equal(await store.createIncident(incident("a", { createdMs: 1, title: "one" })), "created");
    equal(await store.createIncident(incident("b", { createdMs: 2 })), "created");
    equal(await store.createIncident(incident("a")), "exists");
    deepEqual((await store.listIncidents()).map(({ id }) => id), ["b", "a"]);
    equal(await store.closeIncident("a", 50), true);
    equal(await store.closeIncident("a", 60), true);
    equal(await store.closeIncident("none", 60), false);
    const a = (await store.getIncident("a"))!;
    deepEqual([a.title, a.closedMs, a.revision], ["one", 50, 2]);
    equal(await store.getIncident("none"), null);
  });

  test("an incident more than allowed is not created", async ({ store }) => {
    equal(await store.createIncident(incident("a")), "created");
    equal(await store.createIncident(incident("b")), "full");
    await store.deleteIncident("a");
    equal(await store.createIncident(incident("b")), "created");
  }, { incidentsMax: 1 });

  test("a batch comes back as its lines, with its counts", async ({ store }) => {
    await store.createIncident(incident("i"));
    const batch = newBatch({ sequence: 7 }, hopLine(1), dropLine(2), stateLine(3), hopLine(4));
    const appended = await store.append("i", { ...batch, refused: 5, evicted: 6 });
    deepEqual(appended, { status: "stored", row: 1, revision: 2, evicted: [] });
    const [stored] = await all(store, "i");
    deepEqual(stored, { ...batch, refused: 5, evicted: 6, row: 1 });
    const { counters } = (await store.getIncident("i"))!;
    const { batches, events, states, drops, refused, evicted, bytes } = counters;
    deepEqual([batches, events, states, drops, refused, evicted], [1, 3, 1, 1, 5, 6]);
    const chars = textOf([stored!]).length + JSON.stringify(stored!.header).length;
    equal(bytes, chars);
  });

  test("the same probe and sequence again changes nothing but a count", async ({ store }) => {
    await store.createIncident(incident("i"));
    await store.createIncident(incident("other"));
    const batch = newBatch({ sequence: 1 }, hopLine(1));
    equal((await store.append("i", batch)).status, "stored");
    const before = (await store.getIncident("i"))!;
    equal((await store.append("i", newBatch({ sequence: 1 }, dropLine(9)))).status, "duplicate");
    const after = (await store.getIncident("i"))!;
    deepEqual(after, { ...before, counters: { ...before.counters, duplicates: 1 } });
    equal(textOf(await all(store, "i")), hopLine(1) + "\n");
    equal((await store.append("i", newBatch({ sequence: 1, probe: "b" }))).status, "stored");
    equal((await store.append("i", newBatch({ sequence: 2 }))).status, "stored");
    equal((await store.append("other", batch)).status, "stored");
  });

  test("the same batch sent at once by two is stored once", async ({ store }) => {
    await store.createIncident(incident("i"));
    const batch = newBatch({ sequence: 1 }, hopLine(1));
    const results = await Promise.all([1, 2, 3].map(() => store.append("i", batch)));
    deepEqual(results.map(({ status }) => status).sort(), ["duplicate", "duplicate", "stored"]);
    equal((await all(store, "i")).length, 1);
  });

  test("a closed incident takes no new batch but knows its old ones", async ({ store }) => {
    await store.createIncident(incident("i"));
    await store.append("i", newBatch({ sequence: 1 }));
    await store.closeIncident("i", 5);
    equal((await store.append("i", newBatch({ sequence: 1 }))).status, "duplicate");
    equal((await store.append("i", newBatch({ sequence: 2 }))).status, "closed");
    equal((await store.append("none", newBatch({ sequence: 2 }))).status, "missing");
  });

  test("beyond the limit the oldest ordinary hops go, drops stay", async ({ store }) => {
    await store.createIncident(incident("i"));
    await store.append("i", newBatch({ sequence: 0 }, hopLine(1), hopLine(2), dropLine(3)));
    await store.append("i", newBatch({ sequence: 1 }, hopLine(4), dropLine(5)));
    const appended = await store.append("i", newBatch({ sequence: 2 }, hopLine(6)));
    ok(appended.status === "stored");
    deepEqual(appended.evicted, [{ row: 1, tier: "ordinary" }]);
    const batches = await all(store, "i");
    deepEqual(batches.map(({ evicted }) => evicted), [2, 0, 0]);
    equal(textOf(batches), [dropLine(3), hopLine(4), dropLine(5), hopLine(6), ""].join("\n"));
    const { events, evicted, drops } = (await store.getIncident("i"))!.counters;
    deepEqual([events, evicted, drops], [4, 2, 2]);
  }, { eventsPerIncidentMax: 5 });

  test("when only drops are left, the oldest of them go", async ({ store }) => {
    await store.createIncident(incident("i"));
    for (let i = 0; i < 4; i++) await store.append("i", newBatch({ sequence: i }, dropLine(i)));
    equal(textOf(await all(store, "i")), [dropLine(2), dropLine(3), ""].join("\n"));
    equal((await store.getIncident("i"))!.counters.evicted, 2);
  }, { eventsPerIncidentMax: 2 });

  test("state beyond its share loses the oldest state, never the last", async ({ store }) => {
    await store.createIncident(incident("i"));
    const states = [1, 2, 3].map((time) => stateLine(time, time, { a: "x".repeat(200) }));
    for (const [sequence, line] of states.entries()) {
      await store.append("i", newBatch({ sequence }, line, hopLine(sequence)));
    }
    const text = textOf(await all(store, "i"));
    ok(!text.includes(states[0]!) && !text.includes(states[1]!) && text.includes(states[2]!));
    const { states: kept, evictedStates, events } = (await store.getIncident("i"))!.counters;
    deepEqual([kept, evictedStates, events], [1, 2, 3]);
  }, { stateBytesPerIncidentMax: 300 });

  test("headers are never evicted, so they can fill an incident", async ({ store }) => {
    await store.createIncident(incident("i"));
    equal((await store.append("i", newBatch({ sequence: 0 }, dropLine(1)))).status, "stored");
    equal((await store.append("i", newBatch({ sequence: 1 }))).status, "full");
    equal((await all(store, "i")).length, 1);
  }, { bytesPerIncidentMax: JSON.stringify(headerOf()).length + 10 });

  test("what is deleted is gone, and its name is free", async ({ store }) => {
    await store.createIncident(incident("i"));
    await store.append("i", newBatch({ sequence: 0 }, hopLine(1)));
    await store.createToken(token("t", "i"));
    equal(await store.deleteIncident("i"), true);
    equal(await store.deleteIncident("i"), false);
    equal(await store.getToken("t"), null);
    deepEqual(await all(store, "i"), []);
    await store.createIncident(incident("i"));
    const again = await store.append("i", newBatch({ sequence: 0 }, hopLine(2)));
    deepEqual(again, { status: "stored", row: 1, revision: 2, evicted: [] });
    equal(textOf(await all(store, "i")), hopLine(2) + "\n");
  });

  test("an import is not listed before it is finished", async ({ store }) => {
    await store.createIncident(incident("i", { importing: true }));
    deepEqual(await store.listIncidents(), []);
    equal((await store.getIncident("i"))!.importing, true);
    const as = { title: "t", filter: "icmp", createdMs: 3, closedMs: 4 };
    equal(await store.finishImport("i", as), true);
    const [shown] = await store.listIncidents();
    const { title, filter, createdMs, closedMs, importing } = shown!;
    deepEqual({ title, filter, createdMs, closedMs, importing }, { ...as, importing: false });
  });

  test("a reader up to a row is not disturbed by what comes after", async ({ store }) => {
    await store.createIncident(incident("i"));
    for (let i = 0; i < 150; i++) await store.append("i", newBatch({ sequence: i }, hopLine(i)));
    const { rowMax, batches } = await store.extent("i");
    deepEqual([rowMax, batches], [150, 150]);
    const rows: number[] = [];
    for await (const { row } of store.readBatches("i", rowMax)) {
      rows.push(row);
      if (row % 50 === 0) await store.append("i", newBatch({ sequence: 1000 + row }));
    }
    deepEqual(rows, Array.from({ length: 150 }, (_, i) => i + 1));
    equal((await all(store, "i")).length, 153);
  });

  test("tokens belong to one incident or to all", async ({ store }) => {
    await store.createIncident(incident("i"));
    equal(await store.createToken(token("one", "i")), "created");
    equal(await store.createToken(token("two", "i")), "full");
    equal(await store.createToken(token("all", null)), "created");
    deepEqual(await store.getToken("one"), token("one", "i"));
    equal(await store.deleteToken(null, "one"), false);
    deepEqual((await store.listTokens("i")).map(({ id }) => id), ["one"]);
    equal(await store.deleteToken("i", "one"), true);
    equal(await store.getToken("one"), null);
    deepEqual((await store.listTokens(null)).map(({ id }) => id), ["all"]);
  }, { tokensPerIncidentMax: 1 });

  test("hostile names come back as they were", async ({ store }) => {
    await store.createIncident(incident("i", { title: "<img onerror=1>\u202e\u0000'; --" }));
    const names = [
      "a\u0000b",
      "<script>",
      "\u202eevil",
      "'; DROP TABLE batches; --",
      "x".repeat(128),
    ];
    for (const probe of names) await store.append("i", newBatch({ probe }, hopLine(1)));
    for (const probe of names) {
      equal((await store.append("i", newBatch({ probe }))).status, "duplicate", probe);
    }
    deepEqual((await all(store, "i")).map(({ header }) => header.probe), names);
  });

  test("counters add up over any batches, duplicates and evictions", async ({ store }) => {
    const shape = fc.record({
      sequence: fc.nat(12),
      hops: fc.nat(4),
      drops: fc.nat(3),
      states: fc.nat(1),
    });
    let round = 0;
    await fc.assert(
      fc.asyncProperty(fc.array(shape, { maxLength: 25 }), async (shapes) => {
        const id = `r${round++}`;
        await store.createIncident(incident(id));
        const sent = { events: 0, drops: 0, states: 0 };
        for (const { sequence, hops, drops, states } of shapes) {
          const lines = [
            ...Array.from({ length: hops }, (_, i) => hopLine(i)),
            ...Array.from({ length: drops }, (_, i) => dropLine(i)),
            ...Array.from({ length: states }, (_, i) => stateLine(i)),
          ];
          const { status } = await store.append(id, newBatch({ sequence }, ...lines));
          if (status !== "stored") continue;
          sent.events += hops + drops;
          sent.states += states;
        }
        const { counters } = (await store.getIncident(id))!;
        const batches = await all(store, id);
        const kept = { ordinary: 0, drops: 0, state: 0 };
        for (const { segments } of batches) for (const s of segments) kept[s.tier] += s.lines;
        equal(counters.batches, batches.length);
        equal(counters.events, kept.ordinary + kept.drops);
        equal(counters.drops, kept.drops);
        equal(counters.states, kept.state);
        equal(counters.events + counters.evicted, sent.events);
        equal(counters.states + counters.evictedStates, sent.states);
        equal(counters.evicted, batches.reduce((sum, { evicted }) => sum + evicted, 0));
        const chars = textOf(batches).length +
          batches.reduce((sum, { header }) => sum + JSON.stringify(header).length, 0);
        equal(counters.bytes, chars);
        ok(counters.events <= 20);
      }),
      { numRuns: 60 },
    );
  }, { eventsPerIncidentMax: 20, incidentsMax: 100_000 });

  durableContract(test);
}

type Test = (
  title: string,
  run: (opened: OpenedStore) => Promise<void>,
  limits?: Partial<StoreLimits>,
) => void;

function durableContract(test: Test): void {
  test("a restart finds everything that was acknowledged, and no half import", async (opened) => {
    if (opened.reopen === undefined) return;
    const { store } = opened;
    await store.createIncident(incident("i", { title: "kept" }));
    await store.createIncident(incident("half", { importing: true }));
    await store.append("half", newBatch({ sequence: 0 }, hopLine(1)));
    for (let i = 0; i < 6; i++) {
      await store.append("i", newBatch({ sequence: i }, hopLine(i), dropLine(i), stateLine(i)));
    }
    await store.createToken(token("t", "i"));
    const before = [await store.getIncident("i"), await all(store, "i"), await store.extent("i")];
    const again = await opened.reopen();
    deepEqual(
      [await again.getIncident("i"), await all(again, "i"), await again.extent("i")],
      before,
    );
    deepEqual(await again.getToken("t"), token("t", "i"));
    equal(await again.getIncident("half"), null);
    deepEqual(await all(again, "half"), []);
    equal((await again.append("i", newBatch({ sequence: 5 }))).status, "duplicate");
    const next = await again.append("i", newBatch({ sequence: 6 }, hopLine(9)));
    ok(next.status === "stored" && next.row === 7);
  }, { eventsPerIncidentMax: 8 });
}
