import { deepEqual, equal, match } from "node:assert/strict";
import { FakeClock } from "../../../test/contract/fake_clock.ts";
import { AuditLog } from "./audit.ts";
import { limitsWith } from "../limits.ts";
import { MemoryStore } from "../stores/memory_store.ts";
import { type AuditEntry, StoreFull } from "../stores/store.ts";

const READ = {
  token: "t",
  role: "viewer",
  action: "report.read",
  change: false,
  incident: "i",
  subject: null,
  outcome: "ok",
} as const;

function logOf(some: { auditReadsMax?: number } = {}) {
  const limits = limitsWith({ auditRepeatMs: 1000, store: some });
  const store = new MemoryStore(limits.store);
  const clock = new FakeClock();
  const lines: string[] = [];
  let failures = 0;
  const log = (line: string) => lines.push(line);
  const audit = new AuditLog({ store, clock, limits, log }, () => failures += 1);
  const count = async () => (await store.listAudit({ limit: 1000 })).entries.length;
  return { audit, store, clock, lines, count, failures: () => failures };
}

Deno.test("audit: the same again is none until its time is over, a change always is one", async () => {
  const { audit, clock, count } = logOf();
  for (let i = 0; i < 10; i++) await audit.record(READ);
  equal(await count(), 1);
  await audit.record({ ...READ, incident: "j" });
  await audit.record({ ...READ, token: "u" });
  await audit.record({ ...READ, outcome: "incident_missing" });
  await audit.record({ ...READ, outcome: "incident_missing", incident: "any" });
  equal(await count(), 4);
  await clock.advance(999);
  await audit.record(READ);
  equal(await count(), 4);
  await clock.advance(1);
  await audit.record(READ);
  equal(await count(), 5);
  for (let i = 0; i < 3; i++) {
    await audit.record({ ...READ, action: "incident.close", change: true });
  }
  equal(await count(), 8);
});

Deno.test("audit: an entry that cannot be written is logged whole, counted, and no error", async () => {
  const { audit, store, lines, failures } = logOf();
  store.appendAudit = (_: AuditEntry) => Promise.reject(new StoreFull("The disk is full"));
  await audit.record({ ...READ, action: "incident.delete", change: true });
  equal(failures(), 1);
  deepEqual(lines.length, 1);
  match(lines[0]!, /^Cannot write audit entry \{"token":"t".*"incident.delete".*The disk is full$/);
});
