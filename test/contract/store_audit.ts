/** The audit of a store: in order, bounded by kind, outliving its incident. */
import { deepEqual, equal } from "node:assert/strict";
import type { AuditEntry, Store } from "../../src/ingest/stores/store.ts";
import { incident, type StoreTest } from "./store_case.ts";

const entry = (some: Partial<AuditEntry> = {}): AuditEntry => ({
  atMs: 1_000,
  token: "root",
  role: "operator",
  action: "incident.create",
  change: true,
  incident: "i",
  subject: null,
  outcome: "ok",
  ...some,
});

const read = (token: string) => entry({ token, action: "report.read", change: false });

const tokensOf = async (store: Store, query: Parameters<Store["listAudit"]>[0]) =>
  (await store.listAudit(query)).entries.map(({ token }) => token);

export function auditContract(test: StoreTest): void {
  test("what was done is told newest first, whole, by incident and in pages", async ({ store }) => {
    deepEqual(await store.listAudit({ limit: 10 }), { entries: [], evicted: 0 });
    const first = entry({ subject: "t", role: null, outcome: "incident_exists" });
    await store.appendAudit(first);
    await store.appendAudit(entry({ token: "b", incident: "j" }));
    await store.appendAudit(entry({ token: "c", incident: null, action: "token.create" }));
    await store.appendAudit(read("d"));
    const { entries } = await store.listAudit({ limit: 10 });
    deepEqual(entries.map(({ token }) => token), ["d", "c", "b", "root"]);
    const { id, ...rest } = entries.at(-1)!;
    deepEqual([id, rest], [1, first]);
    deepEqual(await tokensOf(store, { limit: 10, incident: "i" }), ["d", "root"]);
    deepEqual(await tokensOf(store, { limit: 2 }), ["d", "c"]);
    deepEqual(await tokensOf(store, { limit: 2, before: entries[1]!.id }), ["b", "root"]);
    deepEqual(await tokensOf(store, { limit: 2, before: 4, incident: "i" }), ["root"]);
  });

  test("reading never pushes out who changed what", async ({ store }) => {
    await store.appendAudit(entry({ token: "first" }));
    for (let i = 0; i < 9; i++) await store.appendAudit(read(`r${i}`));
    deepEqual(await tokensOf(store, { limit: 99 }), ["r8", "r7", "r6", "first"]);
    equal((await store.listAudit({ limit: 1 })).evicted, 6);
    await store.appendAudit(entry({ token: "second" }));
    await store.appendAudit(entry({ token: "third" }));
    const { entries, evicted } = await store.listAudit({ limit: 99 });
    deepEqual(entries.map(({ token }) => token), ["third", "second", "r8", "r7", "r6"]);
    deepEqual([entries[0]!.id, evicted], [12, 7]);
  }, { auditReadsMax: 3, auditChangesMax: 2 });

  test("the audit outlives its incident", async ({ store }) => {
    await store.createIncident(incident("i"));
    await store.appendAudit(entry({ token: "maker" }));
    await store.deleteIncident("i");
    deepEqual(await tokensOf(store, { limit: 9, incident: "i" }), ["maker"]);
  });

  test("a restart finds the audit", async ({ store, reopen }) => {
    if (reopen === undefined) return;
    for (let i = 0; i < 4; i++) await store.appendAudit(read(`r${i}`));
    const before = await store.listAudit({ limit: 9 });
    const again = await reopen();
    deepEqual(await again.listAudit({ limit: 9 }), before);
    await again.appendAudit(read("next"));
    deepEqual((await again.listAudit({ limit: 1 })).entries[0]!.id, 5);
  }, { auditReadsMax: 3 });
}
