/** What a live view keeps for viewers that come back. */
import { equal, ok } from "node:assert/strict";
import { FakeClock } from "../../../test/contract/fake_clock.ts";
import { hopLine, newBatch } from "../../../test/contract/lines.ts";
import { tally } from "../../../test/contract/tally.ts";
import type { Report } from "../../event/report.ts";
import { limitsWith } from "../limits.ts";
import { MemoryStore } from "../stores/memory_store.ts";
import { Hub } from "./hub.ts";
import { eventsOf, type Message, type Viewer } from "./viewer.ts";

const NODE = { name: "a", kernel: "x".repeat(2 ** 20) } as Report["nodes"][number];

/** What waits for a viewer, all of it. */
const all = (viewer: Viewer | null): Message[] => {
  const message = viewer?.next();
  return message === undefined ? [] : [...eventsOf(message), ...all(viewer)];
};

Deno.test("changes that were told whole are kept as long as all of their text has room", async () => {
  for (const isBrief of [true, false]) {
    const clock = new FakeClock();
    const limits = limitsWith({ recomputeMinMs: 100 });
    const store = new MemoryStore(limits.store);
    await store.createIncident({ id: "i", title: "", filter: "", createdMs: 0, importing: false });
    const analyse = (input: Parameters<typeof tally>[0]) => ({ ...tally(input), nodes: [NODE] });
    const hub = new Hub({ store, clock, limits, analyse });
    const append = async (sequence: number) => {
      const batch = newBatch({ sequence }, hopLine(sequence));
      const appended = await store.append("i", batch);
      ok(appended.status === "stored");
      hub.stored("i", appended.row, batch, appended.evicted);
    };
    await append(0);
    const viewer = await hub.watch("i", null, () => {}, isBrief);
    const [hello] = all(viewer);
    const { cursor } = JSON.parse(hello!.data);
    for (let sequence = 1; sequence <= 20; sequence++) {
      await append(sequence);
      await clock.advance(100);
      for (const { data } of all(viewer)) ok(data.length > 0);
    }
    // Twenty times a node of 1 MiB are more than what is kept; their differences are not.
    const back = all(await hub.watch("i", cursor, () => {}, isBrief));
    equal(back.some(({ event }) => event === "report"), !isBrief);
  }
});
