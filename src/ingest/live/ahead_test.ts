import { deepEqual, equal, ok } from "node:assert/strict";
import { FakeClock, settle } from "../../../test/contract/fake_clock.ts";
import { dropLine, newBatch } from "../../../test/contract/lines.ts";
import { analyse } from "../../analysis/mod.ts";
import { limitsWith } from "../limits.ts";
import { MemoryStore } from "../stores/memory_store.ts";
import { Ahead } from "./ahead.ts";
import { LocalAnalyst } from "./analyst.ts";
import { Hub } from "./hub.ts";

/** Analyses that take so long each. */
function setUp(tookMs: number) {
  const clock = new FakeClock();
  const begun: number[] = [];
  let watched = false;
  let fails = false;
  const ahead = new Ahead({
    clock,
    isWatched: () => watched,
    async analyse() {
      begun.push(clock.monotonicMs());
      await new Promise<void>((resolve) => clock.after(tookMs, resolve));
      if (fails) throw new Error("the analysis was lost");
    },
    eventsMax: 300_000,
  });
  return {
    clock,
    begun,
    ahead,
    watch: (is: boolean) => watched = is,
    fail: (is: boolean) => fails = is,
  };
}

Deno.test("what comes is analysed ahead in pieces, of which none is small against what is known", async () => {
  const { clock, begun, ahead } = setUp(1);
  let events = 0;
  const at: number[] = [];
  while (events < 400_000) {
    ahead.note("i", 1_000);
    events += 1_000;
    const before = begun.length;
    await clock.advance(10);
    if (begun.length > before || at.length < begun.length) at.push(events);
  }
  const pieces = at.map((now, i) => now - (at[i - 1] ?? 0));
  ok(
    pieces.every((piece, i) => piece >= Math.max(5_000, Math.min(at[i - 1] ?? 0, 300_000) / 10)),
    pieces.join(),
  );
  ok(events - at.at(-1)! <= 31_000, at.join());
  ok(begun.length < 50, String(begun.length));
});

Deno.test("an analysis ahead rests as long as the one before took, and is made once for all that waits", async () => {
  const { clock, begun, ahead } = setUp(100);
  for (let i = 0; i < 10; i++) ahead.note("i", 50_000);
  await clock.advance(1_000);
  equal(begun.length, 2);
  equal(begun[1]! - begun[0]!, 200);
});

Deno.test("nothing is analysed ahead while somebody watches, nor what a report has, nor when it is over", async () => {
  const { clock, begun, ahead, watch } = setUp(1);
  watch(true);
  ahead.note("i", 50_000);
  await clock.advance(10);
  equal(begun.length, 0);
  watch(false);
  ahead.made("i");
  ahead.note("i", 4_000);
  await clock.advance(10);
  equal(begun.length, 0);
  ahead.note("i", 1_000);
  await clock.advance(10);
  equal(begun.length, 1, "a tenth more than the report had");
  ahead.close();
  ahead.note("i", 100_000);
  await clock.advance(10);
  equal(begun.length, 1);
});

Deno.test("incidents that take turns are not analysed ahead: each would be begun anew", async () => {
  const { clock, begun, ahead } = setUp(1);
  for (let i = 0; i < 100; i++) {
    ahead.note("i", 4_000);
    ahead.note("j", 4_000);
    await clock.advance(10);
  }
  deepEqual(begun, []);
});

Deno.test("an analysis ahead that fails is tried again with what comes", async () => {
  const { clock, begun, ahead, fail } = setUp(1);
  fail(true);
  ahead.note("i", 5_000);
  await clock.advance(10);
  fail(false);
  ahead.note("i", 5_000);
  await clock.advance(10);
  equal(begun.length, 2);
});

Deno.test("a report after analyses ahead is the same, and takes only what came last", async () => {
  const clock = new FakeClock();
  const limits = limitsWith();
  const store = new MemoryStore(limits.store);
  await store.createIncident({ id: "i", title: "", filter: "", createdMs: 0, importing: false });
  const analyst = new LocalAnalyst({ store, analysedEventsMax: 10 });
  const asked: (boolean | undefined)[] = [];
  const noting = {
    stored: analyst.stored.bind(analyst),
    evicted: analyst.evicted.bind(analyst),
    forget: analyst.forget.bind(analyst),
    report(about: Parameters<LocalAnalyst["report"]>[0]) {
      asked.push(about.isAhead);
      return analyst.report(about);
    },
  };
  const hub = new Hub({ store, clock, limits, analyst: noting, isAhead: true });
  for (const [sequence, length] of [5_000, 300].entries()) {
    const lines = Array.from({ length }, (_, i) => dropLine(sequence * 5_000 + i));
    const batch = newBatch({ sequence }, ...lines);
    const appended = await store.append("i", batch);
    ok(appended.status === "stored");
    hub.stored("i", appended.row, batch, appended.evicted);
    await settle();
    await clock.advance(1_000);
  }
  deepEqual(asked, [true]);
  const told = await hub.reportJson("i");
  deepEqual(asked, [true, undefined]);
  const other = new Hub({ store, clock, limits, analyse });
  equal(told, await other.reportJson("i"));
  equal(JSON.parse(told!).accounting.events, 5_300);
  hub.close();
});
