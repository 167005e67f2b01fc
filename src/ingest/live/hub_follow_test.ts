import { deepEqual, equal, ok } from "node:assert/strict";
import { FakeClock } from "../../../test/contract/fake_clock.ts";
import { hopLine, newBatch } from "../../../test/contract/lines.ts";
import { tally } from "../../../test/contract/tally.ts";
import type { AnalysisInput } from "../../analysis/mod.ts";
import { limitsWith } from "../limits.ts";
import { MemoryStore } from "../stores/memory_store.ts";
import { LocalAnalyst } from "./analyst.ts";
import { Hub } from "./hub.ts";
import { eventsOf, type Viewer } from "./viewer.ts";

async function setUp(viewerQueueMax = 1_000, tookMs = 0, isApart = false) {
  const clock = new FakeClock();
  const limits = limitsWith({ recomputeMinMs: 100, viewerQueueMax });
  const store = new MemoryStore(limits.store);
  await store.createIncident({ id: "i", title: "", filter: "", createdMs: 0, importing: false });
  const analyse = async (input: AnalysisInput) => {
    if (tookMs > 0) await new Promise<void>((resolve) => clock.after(tookMs, resolve));
    return tally(input);
  };
  const analyst = new LocalAnalyst({ store, analysedEventsMax: 0, analyse });
  const hub = new Hub({ store, clock, limits, ...(isApart ? { analyst } : { analyse }) });
  let sequence = 0;
  const append = async (...lines: string[]) => {
    const batch = newBatch({ sequence: sequence++ }, ...lines);
    const appended = await store.append("i", batch);
    ok(appended.status === "stored");
    hub.stored("i", appended.row, batch, appended.evicted);
  };
  return { clock, store, hub, append };
}

/** Of what waits for a viewer, the names and the last cursor. */
function all(viewer: Viewer): { names: string[]; cursor: string | undefined } {
  const names: string[] = [];
  let cursor: string | undefined;
  for (let message = viewer.next(); message !== undefined; message = viewer.next()) {
    for (const { event, id } of eventsOf(message)) {
      names.push(event);
      cursor = id ?? cursor;
    }
  }
  return { names, cursor };
}

Deno.test("who follows in this process is told each report, and when it leaves nothing is computed", async () => {
  const { clock, hub, append } = await setUp();
  await append(hopLine(1));
  const told: [number, boolean, number][] = [];
  const leave = await hub.follow("i", ({ number, change, text }) => {
    told.push([number, change === null, text.report().accounting.events]);
  });
  await append(hopLine(2));
  await clock.advance(100);
  deepEqual(told, [[1, true, 1], [2, false, 2]]);
  leave!();
  await append(hopLine(3));
  await clock.advance(10_000);
  equal(hub.figures.computations, 2);
  equal(told.length, 2);
  equal(await hub.follow("nobody", () => {}), null);
});

Deno.test("a viewer that comes back goes on, but after a change of very many flows has the report", async () => {
  const { clock, hub, append } = await setUp(8);
  /** A report is made no more often than each 100 ms. */
  const after = async (report: Promise<unknown>) => {
    await clock.advance(100);
    await report;
  };
  const flow = (i: number) => hopLine(i).replace("10.0.0.1", `10.0.1.${i}`);
  await append(flow(1));
  const first = (await hub.watch("i", null))!;
  await append(flow(2));
  await clock.advance(100);
  const { cursor } = all(first);
  first.leave();
  await append(flow(3));
  await after(hub.report("i"));
  const second = (await hub.watch("i", cursor!))!;
  const { names, cursor: next } = all(second);
  deepEqual(names, ["hello", "flow", "summary"]);
  second.leave();
  await append(...Array.from({ length: 20 }, (_, i) => flow(4 + i)));
  await after(hub.report("i"));
  const third = (await hub.watch("i", next!))!;
  deepEqual(all(third).names, ["hello", "report"]);
  hub.close();
});

Deno.test("a change of many flows of more comes as they are, and who is behind is told how many", async () => {
  const { clock, hub, append } = await setUp(10);
  await append(...Array.from({ length: 200 }, (_, i) => hopLine(i, i)));
  const [quick, slow] = [(await hub.watch("i", null))!, (await hub.watch("i", null))!];
  all(quick);
  all(slow);
  const change = [...Array.from({ length: 50 }, () => "flow"), "summary"];
  const changes = 6;
  for (let i = 0; i < changes; i++) {
    await append(...Array.from({ length: 50 }, (_, host) => hopLine(200 + 50 * i + host, host)));
    await clock.advance(100);
    deepEqual(all(quick).names, change);
  }
  deepEqual(all(slow).names, ["missed", "report"]);
  equal(hub.figures.missed, changes * change.length);
  hub.close();
});

Deno.test("where a thread of its own makes reports none rests longer than half a second", async () => {
  const { clock, hub, append } = await setUp(1_000, 5_000, true);
  await append(hopLine(1));
  const first = hub.report("i");
  await clock.advance(5_000);
  await first;
  await append(hopLine(2));
  const next = hub.report("i");
  await clock.advance(500 + 5_000);
  await next;
  equal(hub.figures.computations, 2);
});

Deno.test("a report rests as long as the one before took, but the last one of a closed incident does not", async () => {
  for (const isClosed of [false, true]) {
    const { clock, store, hub, append } = await setUp(1_000, 5_000);
    await append(hopLine(1));
    const first = hub.report("i");
    await clock.advance(5_000);
    await first;
    await append(hopLine(2));
    if (isClosed) await store.closeIncident("i", 1);
    hub.changed("i");
    const next = hub.report("i");
    await clock.advance(5_000);
    equal(hub.figures.computations, isClosed ? 2 : 1);
    await clock.advance(5_000);
    equal((await next)!.closed, isClosed);
    equal(hub.figures.computations, 2);
  }
});
