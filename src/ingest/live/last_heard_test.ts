/** A node that is not heard any more is told of while its incident is open, and no more when it is heard. */
import { deepEqual, equal, ok } from "node:assert/strict";
import { FakeClock } from "../../../test/contract/fake_clock.ts";
import { hopLine, newBatch } from "../../../test/contract/lines.ts";
import { Hub } from "./hub.ts";
import { SILENT_MS } from "./last_heard.ts";
import { limitsWith } from "../limits.ts";
import { MemoryStore } from "../stores/memory_store.ts";

async function setUp() {
  const clock = new FakeClock();
  const limits = limitsWith({ recomputeMinMs: 100 });
  const store = new MemoryStore(limits.store);
  await store.createIncident({ id: "i", title: "", filter: "", createdMs: 0, importing: false });
  const hub = new Hub({ store, clock, limits });
  const sequences = new Map<string, number>();
  const hear = async (node: string, some: { final?: boolean } = {}) => {
    const sequence = sequences.get(node) ?? 0;
    sequences.set(node, sequence + 1);
    const batch = newBatch({ node, probe: `p-${node}`, sequence, ...some }, hopLine(sequence));
    const appended = await store.append("i", batch);
    ok(appended.status === "stored");
    hub.stored("i", appended.row, batch, appended.evicted);
  };
  const gaps = async () => {
    const report = JSON.parse((await asked(hub.reportJson("i"), clock))!);
    return report.nodes.map(({ name, gaps = [] }: { name: string; gaps?: string[] }) => [
      name,
      gaps.filter((gap) => gap.includes("not been heard")).length,
    ]);
  };
  return { clock, hub, hear, gaps, store };
}

/** What comes once some time has passed. */
async function asked<T>(answer: Promise<T>, clock: FakeClock): Promise<T> {
  await clock.advance(500);
  return await answer;
}

Deno.test("a node that is not heard is told of, and heals exactly when it is", async () => {
  const { clock, hub, hear, gaps } = await setUp();
  await hear("a");
  await hear("b");
  deepEqual(await gaps(), [["a", 0], ["b", 0]]);
  const before = await asked(hub.reportJson("i"), clock);
  await clock.advance(SILENT_MS);
  await hear("b");
  deepEqual(await gaps(), [["a", 1], ["b", 0]]);
  await hear("a");
  deepEqual(await gaps(), [["a", 0], ["b", 0]]);
  await clock.advance(SILENT_MS);
  await hear("b", { final: true });
  await hear("a", { final: true });
  await clock.advance(10 * SILENT_MS);
  deepEqual(await gaps(), [["a", 0], ["b", 0]], "who said that it ends is not missed");
  ok(!before!.includes("not been heard"));
});

Deno.test("a viewer is told of a node that falls silent though nothing comes, and once", async () => {
  const { clock, hub, hear } = await setUp();
  await hear("a");
  const watching = hub.watch("i", null);
  const viewer = (await asked(watching, clock))!;
  while (viewer.next() !== undefined);
  await clock.advance(SILENT_MS + 10_000);
  const messages = [];
  for (let next = viewer.next(); next !== undefined; next = viewer.next()) messages.push(next);
  deepEqual(messages.map(({ event }) => event), ["summary"]);
  ok(messages[0]!.data.includes("it has not been heard since"));
  await clock.advance(10 * SILENT_MS);
  equal(viewer.next(), undefined, "the same silence is told once");
});

Deno.test("an ingest that was started anew says nothing of nodes that it never heard", async () => {
  const { clock, hear, store } = await setUp();
  await hear("a");
  const hub = new Hub({ store, clock, limits: limitsWith({ recomputeMinMs: 100 }) });
  await clock.advance(10 * SILENT_MS);
  const report = await asked(hub.reportJson("i"), clock);
  ok(!report!.includes("not been heard"));
});
