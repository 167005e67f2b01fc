/** Batches of a store: kept as they came, and once. */
import { deepEqual, equal } from "node:assert/strict";
import { dropLine, hopLine, newBatch, stateLine } from "./lines.ts";
import { all, incident, type StoreTest, textOf } from "./store_case.ts";

export function batchContract(test: StoreTest): void {
  readingContract(test);
  test("a batch comes back as its lines, with its counts", async ({ store }) => {
    await store.createIncident(incident("i"));
    const batch = newBatch({ sequence: 7 }, hopLine(1), dropLine(2), stateLine(3), hopLine(4));
    const appended = await store.append("i", { ...batch, refused: 5, evicted: 6 });
    deepEqual(appended, { status: "stored", row: 1, revision: 2, evicted: [] });
    const [stored] = await all(store, "i");
    const segments = stored!.segments.map(({ tier, lines, text }) => ({ tier, lines, text }));
    deepEqual({ ...stored, segments }, { ...batch, refused: 5, evicted: 6, row: 1 });
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
}

function readingContract(test: StoreTest): void {
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
}
