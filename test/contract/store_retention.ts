/** What a store throws away at its limits, and what a restart must find. */
import { deepEqual, equal, ok } from "node:assert/strict";
import fc from "fast-check";
import { dropLine, headerOf, hopLine, newBatch, stateLine } from "./lines.ts";
import { all, incident, type StoreTest, textOf, token } from "./store_case.ts";

export function retentionContract(test: StoreTest): void {
  countersContract(test);
  totalContract(test);
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
}

function totalContract(test: StoreTest): void {
  test("all incidents together stay below their limit, deleting makes room", async ({ store }) => {
    for (const id of ["a", "b"]) await store.createIncident(incident(id));
    const hops = Array.from({ length: 20 }, (_, i) => hopLine(i));
    const send = async (id: string, sequence: number) =>
      (await store.append(id, newBatch({ sequence }, ...hops))).status;
    let sequence = 0;
    while (await send(sequence % 2 === 0 ? "a" : "b", sequence) === "stored") sequence += 1;
    const refused = sequence % 2 === 0 ? "a" : "b";
    ok(sequence > 2, `${sequence} batches`);
    const total = (await store.listIncidents()).reduce((sum, i) => sum + i.counters.bytes, 0);
    ok(total > 10_000 && total <= 20_000, `${total} characters`);
    const before = await store.getIncident(refused);
    equal(await send(refused, sequence), "account-full");
    deepEqual(await store.getIncident(refused), before);
    await store.deleteIncident(refused === "a" ? "b" : "a");
    equal(await send(refused, sequence), "stored");
  }, { bytesTotalMax: 20_000 });

  test("an incident at its own limit goes on in an account that is full", async ({ store }) => {
    await store.createIncident(incident("i"));
    const hops = Array.from({ length: 20 }, (_, i) => hopLine(i));
    for (let sequence = 0; sequence < 30; sequence++) {
      const { status } = await store.append("i", newBatch({ sequence }, ...hops));
      equal(status, "stored");
    }
    ok((await store.getIncident("i"))!.counters.evicted > 0);
  }, { bytesPerIncidentMax: 20_000, bytesTotalMax: 20_000 });
}

function countersContract(test: StoreTest): void {
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
}

export function durableContract(test: StoreTest): void {
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
