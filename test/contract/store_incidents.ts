/** Incidents and tokens of a store. */
import { deepEqual, equal } from "node:assert/strict";
import { hopLine, newBatch } from "./lines.ts";
import { all, incident, type StoreTest, textOf, token } from "./store_case.ts";

export function incidentContract(test: StoreTest): void {
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
    await store.countStrayLines("i", 1);
    const as = { title: "t", filter: "icmp", createdMs: 3, closedMs: 4 };
    const lost = { strayLines: 5, evictedStates: 6 };
    equal(await store.finishImport("i", { ...as, ...lost }), true);
    const [shown] = await store.listIncidents();
    const { title, filter, createdMs, closedMs, importing, arrivedMs, counters } = shown!;
    deepEqual({ title, filter, createdMs, closedMs, importing }, { ...as, importing: false });
    deepEqual([arrivedMs, counters.strayLines, counters.evictedStates], [1000, 6, 6]);
  });

  test("a code admits as many as it may, however many ask at once", async ({ store }) => {
    await store.createIncident(incident("i"));
    const code = { ...token("code", "i"), role: "join" as const, nodesMax: 2 };
    equal(await store.createToken(code), "created");
    deepEqual(await store.getToken("code"), code);
    const node = (id: string) => ({
      ...token(id, "i"),
      role: "probe" as const,
      ...{ code: "code", node: id, from: "10.0.0.1" },
    });
    const asked = await Promise.all(["a", "b", "c", "d"].map((id) => store.createToken(node(id))));
    deepEqual(asked.toSorted(), ["code-full", "code-full", "created", "created"]);
    const joined = (await store.listTokens("i")).filter(({ id }) => id !== "code");
    deepEqual(joined, joined.map(({ id }) => node(id)));
    equal(joined.length, 2);
    await store.deleteToken("i", "code");
    equal(await store.createToken(node("e")), "code-gone");
    equal(await store.createToken({ ...node("f"), code: joined[0]!.id }), "code-gone");
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
}
