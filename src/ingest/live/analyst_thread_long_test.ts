import { deepStrictEqual as deepEqual, equal, ok, rejects } from "node:assert/strict";
import { dropLine, hopLine, newBatch } from "../../../test/contract/lines.ts";
import { limitsWith } from "../limits.ts";
import { gzipCompression } from "../stores/packed_segment.ts";
import { MemoryStore } from "../stores/memory_store.ts";
import type { Asked, Made } from "./analyst.ts";
import { LocalAnalyst } from "./analyst.ts";
import { AnalystThread, analystThread } from "./analyst_thread.ts";
import { ReportText } from "./report_text.ts";

const limits = limitsWith();
const asked = (incident: string): Asked => ({
  ...{ incident, filter: "", closed: false, evicted: 0, mark: 0 },
});

const jsonOf = ({ whole }: Made) => new ReportText(whole!, gzipCompression).json();
const spelledOut = (made: Made) => ({ ...made, whole: made.whole && jsonOf(made) });

async function stored(batches: number) {
  const store = new MemoryStore(limits.store);
  await store.createIncident({ id: "i", title: "", filter: "", createdMs: 0, importing: false });
  const append = async (sequence: number) => {
    const batch = newBatch({ sequence }, hopLine(sequence), dropLine(sequence));
    const appended = await store.append("i", batch);
    ok(appended.status === "stored");
    return { batch, ...appended };
  };
  for (let sequence = 0; sequence < batches; sequence++) await append(sequence);
  return { store, append };
}

Deno.test("a thread's reports and changes are those that are made here, read back or told", async () => {
  const { store, append } = await stored(200);
  const thread = analystThread({ store, limits });
  const here = new LocalAnalyst({ store, analysedEventsMax: 10 });
  let since: number | undefined;
  try {
    for (let sequence = 200; sequence < 205; sequence++) {
      const about = { ...asked("i"), since };
      const [there, own] = await Promise.all([thread, here].map((a) => a.report(about)));
      deepEqual(spelledOut(there!), spelledOut(own!));
      equal(there!.change === null, sequence === 200);
      equal(there!.whole === null, sequence !== 200);
      since = there!.number;
      const { row, batch, evicted } = await append(sequence);
      for (const analyst of [thread, here]) analyst.stored("i", row, batch, evicted);
    }
  } finally {
    thread.close();
  }
});

Deno.test("a report of more items than one message has comes whole, in its order", async () => {
  const { store } = await stored(1);
  const lines = Array.from(
    { length: 1_203 },
    (_, i) => dropLine(1000 + i).replace("10.0.0.1", `10.1.${i >> 8}.${i & 255}`),
  );
  const appended = await store.append("i", newBatch({ sequence: 1 }, ...lines));
  ok(appended.status === "stored");
  const thread = analystThread({ store, limits });
  const here = new LocalAnalyst({ store, analysedEventsMax: 10 });
  try {
    const [there, own] = await Promise.all([thread, here].map((a) => a.report(asked("i"))));
    equal(jsonOf(there!), jsonOf(own!));
    equal(JSON.parse(jsonOf(there!)).flows.length, 1_204);
    // Compressed before they are sent, where there are enough.
    ok([...there!.whole!.lists.flows].some((one) => "ids" in one));
  } finally {
    thread.close();
  }
});

Deno.test("of a closed incident nothing is kept: its thread ends, and who asks later has it read back", async () => {
  const { store, append } = await stored(3);
  let readings = 0;
  const thread = new AnalystThread({
    store: {
      readBatches(id) {
        readings += 1;
        return store.readBatches(id);
      },
    },
    analysedEventsMax: 1000,
  });
  try {
    await thread.report(asked("i"));
    const { row, batch, evicted } = await append(3);
    thread.stored("i", row, batch, evicted);
    const last = await thread.report({ ...asked("i"), closed: true });
    equal(readings, 1);
    const late = await thread.report({ ...asked("i"), closed: true, since: last.number });
    equal(readings, 2);
    equal(jsonOf(late), jsonOf(last));
    ok(late.number > last.number);
    equal(JSON.parse(jsonOf(late)).accounting.events, 8);
  } finally {
    thread.close();
  }
});

Deno.test("a store that can't be read is told to who asked, and is asked again", async () => {
  const { store } = await stored(3);
  let fails = true;
  const thread = new AnalystThread({
    store: {
      async *readBatches(id) {
        yield* store.readBatches(id);
        if (fails) throw new Error("the disk is gone");
      },
    },
    analysedEventsMax: 1000,
  });
  try {
    await rejects(thread.report(asked("i")), /the disk is gone/);
    fails = false;
    const made = await thread.report(asked("i"));
    equal(JSON.parse(jsonOf(made)).accounting.events, 6);
  } finally {
    thread.close();
  }
});

Deno.test("a thread that is lost is begun again, asked once more, and its end is told", async () => {
  const logged: string[] = [];
  const thread = new AnalystThread({
    store: new MemoryStore(limits.store),
    analysedEventsMax: 1000,
    log: (line) => logged.push(line),
    entry: new URL("../../../test/fake/analyst_that_ends.ts", import.meta.url),
  });
  try {
    const first = await thread.report(asked("i"));
    deepEqual(JSON.parse(jsonOf(first)), { incident: "i" });
    await rejects(thread.report(asked("throws")), /The analysis was lost: .*a broken rule/);
    equal(logged.length, 2);
    const [ends, lives] = await Promise.allSettled([
      thread.report(asked("ends")),
      thread.report(asked("j")),
    ]);
    equal(ends.status, "rejected");
    ok(lives.status === "fulfilled" || /was lost/.test(String(lives.reason)));
    const next = await thread.report(asked("k"));
    deepEqual(JSON.parse(jsonOf(next)), { incident: "k" });
    ok(next.number > first.number);
  } finally {
    thread.close();
  }
  await rejects(() => {
    const late = thread.report(asked("i"));
    thread.close();
    return late;
  }, /stops/);
});
