import { deepEqual, equal } from "node:assert/strict";
import { DatabaseSync, type SQLInputValue } from "node:sqlite";
import { DEFAULT_LIMITS } from "../limits.ts";
import { NO_COUNTERS } from "../stores/store.ts";
import { Acknowledgement } from "./acknowledge.ts";
import type { DurableObjectState } from "./cloudflare.ts";
import { HubTable } from "./hub_table.ts";
import type { Commit } from "./parts.ts";

/** As much of a Durable Object as a table needs. */
function objectState(): DurableObjectState {
  const database = new DatabaseSync(":memory:");
  const exec = (query: string, ...values: unknown[]) => {
    const rows = database.prepare(query).all(...values as SQLInputValue[]);
    return { toArray: () => rows as Record<string, unknown>[], rowsWritten: 0 };
  };
  const storage = { sql: { exec }, transactionSync: <T>(change: () => T) => change() };
  return { storage } as unknown as DurableObjectState;
}

function newTable(withIncident: boolean): HubTable {
  const table = new HubTable(objectState());
  const incident = { id: "i", title: "", filter: "", createdMs: 1, importing: false };
  const begun = { arrivedMs: 1, closedMs: null, shards: 1, revision: 1 };
  if (withIncident) table.saveIncident({ ...incident, ...begun, counters: { ...NO_COUNTERS } });
  return table;
}

const commitOf = (sequence: number): Commit => ({
  ticket: `t${sequence}`,
  epoch: 1,
  header: JSON.stringify({ probe: "p", sequence }),
  refused: 0,
  evicted: 0,
  own: [],
  sizes: [{ tier: "ordinary", lines: 1, chars: 10 }],
});

/** `granted` is what the directory answers, when it does. */
function setUp(granted: Promise<number>) {
  const told: number[] = [];
  const hub = { table: newTable(true) };
  const acknowledgement = new Acknowledgement(
    () => hub.table,
    () => DEFAULT_LIMITS.store,
    () => granted,
    ({ row }) => told.push(row),
  );
  return { told, hub, acknowledgement };
}

Deno.test("acknowledge: an incident deleted while the directory is asked takes no batch", async () => {
  const granted = Promise.withResolvers<number>();
  const { told, hub, acknowledgement } = setUp(granted.promise);
  const answer = acknowledgement.commit(commitOf(1));
  const empty = newTable(false);
  hub.table = empty;
  granted.resolve(1_000_000);
  deepEqual(await answer, { status: "missing" });
  deepEqual([told, empty.row, empty.incident], [[], 0, null]);
});

Deno.test("acknowledge: batches that wait for room together are told in their order", async () => {
  const granted = Promise.withResolvers<number>();
  const { told, hub, acknowledgement } = setUp(granted.promise);
  const answers = [1, 2, 3, 1].map((sequence) => acknowledgement.commit(commitOf(sequence)));
  granted.resolve(1_000_000);
  const statuses = (await Promise.all(answers)).map(({ status }) => status);
  deepEqual(statuses, ["stored", "stored", "stored", "duplicate"]);
  deepEqual(told, [1, 2, 3]);
  equal(hub.table.incident?.counters.duplicates, 1);
});

Deno.test("acknowledge: without room nothing is stored", async () => {
  const { told, hub, acknowledgement } = setUp(Promise.resolve(1));
  deepEqual(await acknowledgement.commit(commitOf(1)), { status: "account-full" });
  deepEqual(await acknowledgement.commit({ ...commitOf(1), epoch: 0 }), { status: "stale" });
  deepEqual([told, hub.table.row], [[], 0]);
});
