import { deepEqual, equal } from "node:assert/strict";
import { DEFAULT_LIMITS } from "../limits.ts";
import { NO_COUNTERS } from "../stores/store.ts";
import { Acknowledgement } from "./acknowledge.ts";
import { HubTable } from "./hub_table.ts";
import type { Commit, CommitBatch } from "./parts.ts";
import { objectState } from "./testing_state.ts";

function newTable(withIncident: boolean, state = objectState()): HubTable {
  const table = new HubTable(state);
  const incident = { id: "i", title: "", filter: "", createdMs: 1, importing: false };
  const begun = { arrivedMs: 1, closedMs: null, shards: 1, revision: 1 };
  if (withIncident) table.saveIncident({ ...incident, ...begun, counters: { ...NO_COUNTERS } });
  return table;
}

const batchOf = (sequence: number): CommitBatch => ({
  // The hub reads no header to decide.
  header: "unread",
  ...{ probe: "p", sequence },
  refused: 0,
  evicted: 0,
  own: [],
  sizes: [{ tier: "ordinary", lines: 1, chars: 10 }],
});

const commitOf = (...sequences: number[]): Commit => ({
  ticket: `t${sequences}`,
  epoch: 1,
  batches: sequences.map(batchOf),
});

/** `granted` is what the directory answers, when it does. */
function setUp(granted: Promise<number>) {
  const told: number[] = [];
  const hub = { table: newTable(true) };
  const acknowledgement = new Acknowledgement(
    () => hub.table,
    () => DEFAULT_LIMITS.store,
    () => granted,
    (_, stored) => told.push(...stored.map(({ row }) => row)),
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
  deepEqual((await answer).answers, [{ status: "missing" }]);
  deepEqual([told, empty.row, empty.incident], [[], 0, null]);
});

Deno.test("acknowledge: batches that wait for room together are told in their order", async () => {
  const granted = Promise.withResolvers<number>();
  const { told, hub, acknowledgement } = setUp(granted.promise);
  const answers = [1, 2, 3, 1].map((sequence) => acknowledgement.commit(commitOf(sequence)));
  granted.resolve(1_000_000);
  const statuses = (await Promise.all(answers)).map(({ answers }) => answers[0]?.status);
  deepEqual(statuses, ["stored", "stored", "stored", "duplicate"]);
  deepEqual(told, [1, 2, 3]);
  equal(hub.table.incident?.counters.duplicates, 1);
});

Deno.test("acknowledge: without room nothing is stored", async () => {
  const { told, hub, acknowledgement } = setUp(Promise.resolve(1));
  const { answers } = await acknowledgement.commit(commitOf(1, 2));
  deepEqual(answers, [{ status: "account-full" }, { status: "account-full" }]);
  deepEqual([told, hub.table.row], [[], 0]);
});

Deno.test("acknowledge: batches of another layout are not taken, and the layout is told", async () => {
  const { hub, acknowledgement } = setUp(Promise.resolve(1_000_000));
  hub.table.saveLayout({ shards: 3, epoch: 2 });
  deepEqual(await acknowledgement.commit(commitOf(1)), {
    answers: [],
    layout: { shards: 3, epoch: 2 },
  });
  equal(hub.table.row, 0);
});

Deno.test("acknowledge: many batches are one step, each with its own answer", async () => {
  const { told, hub, acknowledgement } = setUp(Promise.resolve(1_000_000));
  await acknowledgement.commit(commitOf(2));
  const { answers } = await acknowledgement.commit(commitOf(1, 2, 3));
  deepEqual(answers.map(({ status }) => status), ["stored", "duplicate", "stored"]);
  deepEqual(told, [1, 2, 3]);
  const { batches, duplicates, events } = hub.table.incident!.counters;
  deepEqual([batches, duplicates, events], [3, 1, 3]);
});

Deno.test("acknowledge: a hub that starts again knows what it acknowledged and evicted", async () => {
  const state = objectState();
  const hub = { table: newTable(true, state) };
  const store = { ...DEFAULT_LIMITS.store, eventsPerIncidentMax: 3 };
  const acknowledgement = new Acknowledgement(
    () => hub.table,
    () => store,
    () => Promise.resolve(1_000_000),
    () => {},
  );
  for (const commit of [commitOf(1), commitOf(2, 3), commitOf(4), commitOf(4), commitOf(5)]) {
    await acknowledgement.commit(commit);
  }
  const again = new HubTable(state);
  deepEqual(again.incident, hub.table.incident);
  deepEqual([again.row, again.evictedTo], [5, { ordinary: 2, drops: 0, state: 0 }]);
  const kept = again.page(0, Infinity, 10).map(({ evicted, tiers }) => [evicted, tiers.length]);
  deepEqual(kept, [[1, 0], [1, 0], [0, 1], [0, 1], [0, 1]]);
  deepEqual(again.incident!.counters.duplicates, 1);
});
