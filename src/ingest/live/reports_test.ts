import { deepEqual, equal } from "node:assert/strict";
import { FakeClock } from "../../../test/contract/fake_clock.ts";
import { dropLine, newBatch } from "../../../test/contract/lines.ts";
import { analyse } from "../../analysis/mod.ts";
import { limitsWith } from "../limits.ts";
import { MemoryStore } from "../stores/memory_store.ts";
import type { Analyst, Asked, Made } from "./analyst.ts";
import { Hub } from "./hub.ts";
import { spelled } from "./spelled.ts";

/** An analyst that needs so many reports until nothing waits, where each has a time. */
class SlowAnalyst implements Analyst {
  readonly asked: (number | undefined)[] = [];
  #waits = 0;

  constructor(readonly turns: number) {}

  stored(): void {
    this.#waits = this.turns;
  }

  evicted(): void {}

  forget(): void {}

  report({ withinMs, closed, incident, filter, evicted }: Asked): Promise<Made> {
    this.asked.push(withinMs);
    const isAll = withinMs === undefined || closed;
    this.#waits = isAll ? 0 : Math.max(0, this.#waits - 1);
    const report = analyse({ incident, filter, closed, evicted, batches: [] });
    const { accounting } = report;
    const told = this.#waits === 0
      ? report
      : { ...report, accounting: { ...accounting, postponed: this.#waits } };
    const [number, isPostponed] = [this.asked.length, this.#waits > 0];
    return Promise.resolve({ number, change: null, whole: spelled(told), isPostponed });
  }
}

async function setUp(turns: number) {
  const clock = new FakeClock();
  const limits = limitsWith({ recomputeMinMs: 100 });
  const store = new MemoryStore(limits.store);
  await store.createIncident({ id: "i", title: "", filter: "", createdMs: 0, importing: false });
  const analyst = new SlowAnalyst(turns);
  const hub = new Hub({ store, clock, limits, analyst });
  const batch = newBatch({ sequence: 0 }, dropLine(1));
  const appended = await store.append("i", batch);
  if (appended.status !== "stored") throw new Error(appended.status);
  hub.stored("i", appended.row, batch, appended.evicted);
  return { clock, analyst, hub };
}

const postponedIn = (text: string | null): number | undefined =>
  JSON.parse(text!).accounting.postponed;

Deno.test("[D10] a viewer is told what is new, and then the rest, although nothing more comes", async () => {
  const { clock, analyst, hub } = await setUp(4);
  const told: (number | undefined)[] = [];
  await hub.follow("i", ({ text }) => told.push(postponedIn(text.json())));
  deepEqual(told, [3]);
  await clock.advance(2_000);
  deepEqual(told, [3, 2, 1, undefined]);
  equal(analyst.asked.length, 4);
});

Deno.test("[D10] who asks for a report is given all of it, and once", async () => {
  const { clock, analyst, hub } = await setUp(4);
  await hub.follow("i", () => {});
  const asked = Promise.all([hub.reportJson("i"), hub.reportJson("i")]);
  await clock.advance(100);
  const texts = await asked;
  deepEqual(texts.map(postponedIn), [undefined, undefined]);
  deepEqual(analyst.asked.map((withinMs) => withinMs !== undefined), [true, false]);
  // A viewer that comes then needs no other one.
  await hub.follow("i", () => {});
  equal(analyst.asked.length, 2);
});
