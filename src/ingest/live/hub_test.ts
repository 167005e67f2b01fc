import { deepEqual, equal, ok } from "node:assert/strict";
import { FakeClock, settle } from "../../../test/contract/fake_clock.ts";
import { dropLine, hopLine, newBatch } from "../../../test/contract/lines.ts";
import { tally } from "../../../test/contract/tally.ts";
import type { AnalysisInput } from "../../analysis/mod.ts";
import { Hub } from "./hub.ts";
import { type LimitsOverride, limitsWith } from "../limits.ts";
import { HeldMessages } from "./held.ts";
import { liveStream } from "./live_stream.ts";
import { MemoryStore } from "../stores/memory_store.ts";
import { eventsOf, type Message, type Viewer } from "./viewer.ts";

async function setUp(override: LimitsOverride = {}, tookMs = 0) {
  const clock = new FakeClock();
  const limits = limitsWith({ recomputeMinMs: 100, ...override });
  const store = new MemoryStore(limits.store);
  await store.createIncident({ id: "i", title: "", filter: "", createdMs: 0, importing: false });
  const computed: number[] = [];
  const analyse = async (input: AnalysisInput) => {
    computed.push(clock.monotonicMs());
    if (tookMs > 0) await new Promise<void>((resolve) => clock.after(tookMs, resolve));
    return tally(input);
  };
  const hub = new Hub({ store, clock, limits, analyse });
  let sequence = 0;
  const append = async (...lines: string[]) => {
    const batch = newBatch({ sequence: sequence++ }, ...lines);
    const appended = await store.append("i", batch);
    ok(appended.status === "stored");
    hub.stored("i", appended.row, batch, appended.evicted);
  };
  return { clock, store, hub, append, computed, limits };
}

/** Who reads a stream, where what all hold does not matter. */
const unbounded = () => ({ held: new HeldMessages(limitsWith()), token: "" });

/** What waits for a viewer, all of it. */
const all = (viewer: Viewer): Message[] => {
  const message = viewer.next();
  return message === undefined ? [] : [...eventsOf(message), ...all(viewer)];
};

const names = (viewer: Viewer) => all(viewer).map(({ event }) => event);

Deno.test("a hundred viewers and readers share one computation per change", async () => {
  const { clock, hub, append, computed } = await setUp();
  await append(hopLine(1));
  const viewers = await Promise.all(Array.from({ length: 100 }, () => hub.watch("i", null)));
  await Promise.all(Array.from({ length: 100 }, () => hub.report("i")));
  equal(computed.length, 1);
  for (const viewer of viewers) deepEqual(names(viewer!), ["hello", "report"]);
  for (let i = 0; i < 50; i++) await append(hopLine(i));
  await clock.advance(100);
  equal(computed.length, 2);
  for (const viewer of viewers) deepEqual(names(viewer!), ["flow", "summary"]);
});

Deno.test("a live report is computed no more often than it can afford", async () => {
  const { clock, hub, append, computed } = await setUp({}, 50);
  const watching = hub.watch("i", null);
  await clock.advance(50);
  const viewer = (await watching)!;
  for (let i = 0; i < 200; i++) {
    await append(hopLine(i));
    await clock.advance(10);
  }
  // Each takes 50 ms, so 4 times that passes before the next begins.
  const pauses = computed.slice(1).map((at, i) => at - computed[i]!);
  ok(pauses.every((ms) => ms >= 250 && ms <= 270), pauses.join());
  equal(names(viewer).filter((name) => name === "summary").length >= 5, true);
});

Deno.test("nothing is computed when nobody watches", async () => {
  const { clock, hub, append, computed } = await setUp();
  const viewer = (await hub.watch("i", null))!;
  viewer.leave();
  for (let i = 0; i < 5; i++) await append(hopLine(i));
  await clock.advance(10_000);
  equal(computed.length, 1);
  equal(hub.figures.viewers, 0);
});

Deno.test("a viewer that falls behind holds a bounded queue and is told the count", async () => {
  const { clock, hub, append } = await setUp({ viewerQueueMax: 10 });
  const slow = (await hub.watch("i", null))!;
  const quick = (await hub.watch("i", null))!;
  deepEqual([names(slow), names(quick)], [["hello", "report"], ["hello", "report"]]);
  let told = 0;
  for (let i = 0; i < 30; i++) {
    await append(hopLine(i, 1), dropLine(i, 2));
    await clock.advance(100);
    told += names(quick).length;
  }
  const [missed, report, ...rest] = all(slow);
  deepEqual([missed!.event, JSON.parse(missed!.data).count], ["missed", told]);
  deepEqual([report!.event, report!.data], ["report", (await hub.report("i"))!.text.json()]);
  deepEqual([rest, hub.figures.missed], [[], told]);
  await append(hopLine(99, 3));
  await clock.advance(100);
  deepEqual(names(slow), ["flow", "summary"]);
});

Deno.test("a change of very many flows comes as one report", async () => {
  const { clock, hub, append } = await setUp({ viewerQueueMax: 10 });
  const viewer = (await hub.watch("i", null))!;
  names(viewer);
  await append(...Array.from({ length: 50 }, (_, i) => hopLine(i, i)));
  await clock.advance(100);
  deepEqual(names(viewer), ["report"]);
});

Deno.test("a cursor inside a change goes on with all of it, one after its flows with the rest", async () => {
  const { clock, hub, append } = await setUp();
  const first = (await hub.watch("i", null))!;
  all(first);
  await append(hopLine(1, 1), hopLine(2, 2));
  await clock.advance(100);
  const change = all(first);
  deepEqual(change.map(({ event }) => event), ["flow", "flow", "summary"]);
  for (const [cursor, lacking] of [[0, change], [1, change.slice(2)], [2, []]] as const) {
    const again = (await hub.watch("i", change[cursor]!.id!))!;
    const [hello, ...others] = all(again);
    equal(hello!.event, "hello");
    deepEqual(others, lacking);
  }
});

Deno.test("what is no longer kept is made up for by a full report", async () => {
  const { clock, hub, append } = await setUp({ changesKeptMax: 3 });
  const first = (await hub.watch("i", null))!;
  const cursor = all(first).at(-1)!.id!;
  for (let i = 0; i < 3; i++) {
    await append(hopLine(i));
    await clock.advance(100);
  }
  const again = (await hub.watch("i", cursor))!;
  deepEqual(names(again), ["hello", "report"]);
});

Deno.test("an analysis that fails is told and is tried again with new data", async () => {
  const clock = new FakeClock();
  const limits = limitsWith();
  const store = new MemoryStore(limits.store);
  await store.createIncident({ id: "i", title: "", filter: "", createdMs: 0, importing: false });
  const logged: string[] = [];
  let fails = false;
  const hub = new Hub({
    store,
    clock,
    limits,
    log: (line) => logged.push(line),
    analyse(input) {
      if (fails) throw new Error("broken rule");
      return tally(input);
    },
  });
  const viewer = (await hub.watch("i", null))!;
  all(viewer);
  fails = true;
  hub.changed("i");
  await clock.advance(200);
  deepEqual(logged, ["Cannot compute report of i: Error: broken rule"]);
  fails = false;
  await store.closeIncident("i", 1);
  hub.changed("i");
  await clock.advance(200);
  deepEqual(names(viewer), ["end"]);
});

Deno.test("a closed incident that is kept in a file tells its viewers at once, and late ones", async () => {
  const { clock, store, hub } = await setUp();
  const viewer = (await hub.watch("i", null))!;
  all(viewer);
  await store.closeIncident("i", 1);
  hub.changed("i");
  // Whoever closed it waits, and may end the ingest then.
  const told = hub.closed("i", "/kept/i.lasthop.gz");
  await clock.advance(200);
  await told;
  const end = JSON.stringify({ reason: "closed", archive: "/kept/i.lasthop.gz" });
  deepEqual(all(viewer).at(-1), { event: "end", data: end });
  const late = (await hub.watch("i", null))!;
  deepEqual(all(late).at(-1), { event: "end", data: end });
});

Deno.test("events of many incidents are kept decoded only up to the limit", async () => {
  const { store, hub } = await setUp({ analysedEventsMax: 10 });
  for (const id of ["a", "b", "c"]) {
    await store.createIncident({ id, title: "", filter: "", createdMs: 0, importing: false });
    const lines = Array.from({ length: 8 }, (_, i) => hopLine(i));
    await store.append(id, newBatch({}, ...lines));
  }
  for (const id of ["a", "b", "c", "a"]) {
    equal(JSON.parse((await hub.report(id))!.text.json()).accounting.events, 8);
  }
});

Deno.test("a stream sends a comment when nothing else was sent for a while", async () => {
  const { clock, hub } = await setUp();
  const open = () => hub.watch("i", null);
  const stream = liveStream({ open, heartbeatMs: 5000, clock, ...unbounded() }).getReader();
  const next = async () => new TextDecoder().decode((await stream.read()).value);
  equal(await next(), ": lasthop live stream\n\n");
  ok((await next()).startsWith("event: hello\n"));
  ok((await next()).includes("event: report\n"));
  const silent = next();
  await clock.advance(4999);
  // The next comment, and the next look for nodes that are not heard any more.
  equal(clock.pending, 2);
  await clock.advance(1);
  equal(await silent, ": still here\n\n");
  await stream.cancel();
  await settle();
  deepEqual([hub.figures.viewers, clock.pending], [0, 0]);
});

Deno.test("a stream begins before its first report is computed, and can be left before", async () => {
  const { clock, hub } = await setUp({}, 12_000);
  const open = () => hub.watch("i", null);
  const decoder = new TextDecoder();
  const readers = [0, 1].map(() =>
    liveStream({ open, heartbeatMs: 5000, clock, ...unbounded() }).getReader()
  );
  for (const reader of readers) {
    equal(decoder.decode((await reader.read()).value), ": lasthop live stream\n\n");
  }
  for (let i = 0; i < 2; i++) {
    const comment = readers[0]!.read();
    await clock.advance(5000);
    equal(decoder.decode((await comment).value), ": still here\n\n");
  }
  await readers[1]!.cancel();
  const hello = readers[0]!.read();
  await clock.advance(2000);
  ok(decoder.decode((await hello).value).startsWith("event: hello\n"));
  equal(hub.figures.viewers, 1);
  await readers[0]!.cancel();
  equal(hub.figures.viewers, 0);
});

Deno.test("viewers share the bytes of a report, those that catch up included", async () => {
  const { clock, hub, append } = await setUp({ viewerQueueMax: 10 });
  await append(hopLine(1));
  const open = () => hub.watch("i", null);
  const readers = Array.from(
    { length: 600 },
    () => liveStream({ open, heartbeatMs: 5000, clock, ...unbounded() }).getReader(),
  );
  // A comment, the hello, the report.
  const buffers = new Set<ArrayBuffer>();
  for (const reader of readers) {
    await reader.read();
    await reader.read();
    buffers.add((await reader.read()).value!.buffer);
  }
  equal(buffers.size, 1);
  for (let i = 0; i < 30; i++) {
    await append(hopLine(i, 1), dropLine(i, 2));
    await clock.advance(100);
  }
  const late = new Set<ArrayBuffer>();
  for (const reader of readers) {
    await reader.read();
    late.add((await reader.read()).value!.buffer);
    await reader.cancel();
  }
  deepEqual([late.size, hub.figures.viewers], [1, 0]);
});

Deno.test("a report that is too large for a message ends its streams, and says why", async () => {
  const { clock, hub, append } = await setUp({ liveMessageCharsMax: 2_000 });
  await append(hopLine(1));
  const first = (await hub.watch("i", null))!;
  deepEqual(names(first), ["hello", "report"]);
  for (let i = 2; i < 40; i++) await append(hopLine(i, i));
  await clock.advance(100);
  await hub.report("i");
  const late = (await hub.watch("i", null))!;
  for (const viewer of [first, late]) {
    const last = all(viewer).at(-1)!;
    deepEqual([last.event, last.data], ["end", JSON.stringify({ reason: "too-large" })]);
  }
});

Deno.test("changes that are kept no longer wait for nobody", async () => {
  const { clock, hub, append } = await setUp({ changesKeptMax: 3 });
  await append(hopLine(1));
  const slow = (await hub.watch("i", null))!;
  all(slow);
  for (let i = 2; i < 12; i++) {
    await append(hopLine(i, i));
    await clock.advance(100);
  }
  const [missed, report] = all(slow);
  equal(missed?.event, "missed");
  equal(report?.event, "report");
});
