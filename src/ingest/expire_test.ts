import { deepEqual, equal } from "node:assert/strict";
import { FakeClock } from "../../test/contract/fake_clock.ts";
import { AuditLog } from "./access/audit.ts";
import { expireIncidents, keepExpiring } from "./expire.ts";
import { Hub } from "./live/hub.ts";
import { limitsWith } from "./limits.ts";
import { MemoryStore } from "./stores/memory_store.ts";

const DAY_MS = 24 * 3600 * 1000;

function setUp(closedKeepDays: number) {
  const limits = limitsWith({ closedKeepDays, sweepMs: DAY_MS });
  const store = new MemoryStore(limits.store);
  const clock = new FakeClock();
  const hub = new Hub({ store, clock, limits });
  const deps = { store, clock, hub, limits };
  const audit = new AuditLog(deps);
  const create = (id: string) =>
    store.createIncident({
      id,
      title: "",
      filter: "",
      createdMs: clock.wallMs(),
      importing: false,
    });
  const ids = async () => (await store.listIncidents()).map(({ id }) => id).sort();
  return { store, clock, deps, audit, create, ids };
}

Deno.test("expire: closed for long enough is deleted and noted, open never", async () => {
  const { store, clock, deps, audit, create, ids } = setUp(2);
  for (const id of ["open", "old", "newer"]) await create(id);
  await store.closeIncident("old", clock.wallMs());
  await clock.advance(DAY_MS);
  await store.closeIncident("newer", clock.wallMs());
  await clock.advance(DAY_MS - 1);
  deepEqual(await expireIncidents(deps, audit), []);
  await clock.advance(1);
  deepEqual(await expireIncidents(deps, audit), ["old"]);
  deepEqual(await ids(), ["newer", "open"]);
  const [entry] = (await store.listAudit({ limit: 9 })).entries;
  const { token, role, action, change, incident, outcome, atMs } = entry!;
  deepEqual(
    { token, role, action, change, incident, outcome, atMs },
    {
      token: "ingest",
      role: null,
      action: "incident.expire",
      change: true,
      incident: "old",
      outcome: "ok",
      atMs: clock.wallMs(),
    },
  );
});

Deno.test("expire: an import counts from when it arrived, however old it is", async () => {
  const { store, clock, deps, audit, ids } = setUp(2);
  const createdMs = clock.wallMs();
  const none = { title: "", filter: "" };
  await store.createIncident({ id: "i", ...none, createdMs, importing: true });
  const lost = { strayLines: 0, evictedStates: 0 };
  await store.finishImport("i", { ...none, createdMs: 1, closedMs: 2, ...lost });
  deepEqual(await expireIncidents(deps, audit), []);
  await clock.advance(2 * DAY_MS);
  deepEqual(await expireIncidents(deps, audit), ["i"]);
  deepEqual(await ids(), []);
});

Deno.test("expire: looks at once and again, not at all when nothing ever expires", async () => {
  const { store, clock, deps, audit, create, ids } = setUp(1);
  await create("first");
  await store.closeIncident("first", clock.wallMs() - DAY_MS);
  // Arrived when it was created: it must wait its day.
  const stop = keepExpiring(deps, audit);
  await clock.advance(0);
  deepEqual(await ids(), ["first"]);
  await clock.advance(DAY_MS);
  deepEqual(await ids(), []);
  stop();
  equal(clock.pending, 0);
  const never = setUp(0);
  keepExpiring(never.deps, never.audit);
  equal(never.clock.pending, 0);
});
