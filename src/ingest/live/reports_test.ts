import { deepEqual, equal, ok } from "node:assert/strict";
import { FakeClock } from "../../../test/contract/fake_clock.ts";
import { dropLine, newBatch } from "../../../test/contract/lines.ts";
import { analyse } from "../../analysis/mod.ts";
import { limitsWith } from "../limits.ts";
import { MemoryStore } from "../stores/memory_store.ts";
import type { Analyst, Asked, Made } from "./analyst.ts";
import { Hub } from "./hub.ts";
import { Reports } from "./reports.ts";
import { spelled } from "./spelled.ts";

/** An analyst that needs so many reports until nothing waits, where each has a time, and judges in the order of time. */
class SlowAnalyst implements Analyst {
  readonly asked: (number | undefined)[] = [];
  /** Of each report. */
  readonly #marks: number[] = [];
  #waits = 0;

  constructor(readonly turns: number, readonly takes: () => Promise<void> = async () => {}) {}

  stored(): void {
    this.#waits = this.turns;
  }

  evicted(): void {}

  forget(): void {}

  async report({ mark, withinMs, closed, incident, filter, evicted }: Asked): Promise<Made> {
    this.asked.push(withinMs);
    await this.takes();
    this.#marks.push(mark);
    const isAll = withinMs === undefined || closed;
    this.#waits = isAll ? 0 : Math.max(0, this.#waits - 1);
    const report = analyse({ incident, filter, closed, evicted, batches: [] });
    const { accounting } = report;
    const told = this.#waits === 0
      ? report
      : { ...report, accounting: { ...accounting, postponed: this.#waits } };
    const [number, isPostponed] = [this.asked.length, this.#waits > 0];
    const judgedTo = isPostponed ? this.#marks.at(-1 - this.turns) ?? -1 : mark;
    return { number, change: null, whole: spelled(told), isPostponed, judgedTo };
  }
}

async function setUp(turns: number, tookMs = 0) {
  const clock = new FakeClock();
  const limits = limitsWith({ recomputeMinMs: 100 });
  const store = new MemoryStore(limits.store);
  await store.createIncident({ id: "i", title: "", filter: "", createdMs: 0, importing: false });
  const takes = () => new Promise<void>((resolve) => clock.after(tookMs, resolve));
  const analyst = new SlowAnalyst(turns, tookMs > 0 ? takes : undefined);
  const hub = new Hub({ store, clock, limits, analyst });
  let sequence = 0;
  const send = async () => {
    const batch = newBatch({ sequence: sequence++ }, dropLine(sequence));
    const appended = await store.append("i", batch);
    if (appended.status !== "stored") throw new Error(appended.status);
    hub.stored("i", appended.row, batch, appended.evicted);
  };
  await send();
  return { clock, analyst, hub, send };
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

Deno.test("[D10] while flows wait the next report is begun at once, and none sooner than it may be", async () => {
  for (const [tookMs, everyMs] of [[300, 300], [40, 100]] as const) {
    const { clock, hub } = await setUp(4, tookMs);
    const toldMs: number[] = [];
    const following = hub.follow("i", () => toldMs.push(clock.monotonicMs()));
    await clock.advance(2_000);
    await following;
    const [first, ...others] = toldMs;
    deepEqual(others, [1, 2, 3].map((count) => first! + count * everyMs));
    hub.close();
  }
});

Deno.test("[D11] who asks for a report that nobody watches is given all of it, at once", async () => {
  const { clock, analyst, hub } = await setUp(4);
  const asked = Promise.all([hub.reportJson("i"), hub.reportJson("i")]);
  await clock.advance(100);
  deepEqual((await asked).map(postponedIn), [undefined, undefined]);
  deepEqual(analyst.asked, [undefined]);
  // A viewer that comes then needs no other one.
  await hub.follow("i", () => {});
  equal(analyst.asked.length, 1);
});

Deno.test("[D11] who asks for a report is given all of it while viewers are told piece by piece", async () => {
  const { clock, analyst, hub } = await setUp(4);
  const told: (number | undefined)[] = [];
  await hub.follow("i", ({ text }) => told.push(postponedIn(text.json())));
  const asked = Promise.all([hub.reportJson("i"), hub.reportJson("i")]);
  await clock.advance(2_000);
  deepEqual((await asked).map(postponedIn), [undefined, undefined]);
  deepEqual(told, [3, 2, 1, undefined]);
  equal(analyst.asked.includes(undefined), false);
});

Deno.test("[D11] who asks while more comes than is judged is given all that was known then", async () => {
  const { clock, analyst, hub, send } = await setUp(30);
  const told: number[] = [];
  await hub.follow("i", ({ text }) => told.push(postponedIn(text.json()) ?? 0));
  const before = analyst.asked.length;
  let answer: string | null | undefined;
  const asked = hub.reportJson("i").then((text) => answer = text);
  let reports = 0;
  for (; answer === undefined; reports = analyst.asked.length - before) {
    ok(reports < 200, "it is never answered");
    await send();
    await clock.advance(100);
  }
  await asked;
  // As long as 30 reports take: then what came after it was asked still waits, and that is told.
  ok(reports >= 30 && reports < 40, `${reports} reports`);
  ok(postponedIn(answer!)! > 0);
  equal(analyst.asked.includes(undefined), false);
  equal(told.length, analyst.asked.length);
});

Deno.test("who asks while the last report is being made waits for that one, though nodes are silent", async () => {
  const clock = new FakeClock();
  const store = new MemoryStore(limitsWith({}).store);
  await store.createIncident({ id: "i", title: "", filter: "", createdMs: 0, importing: false });
  const asked: boolean[] = [];
  let made = Promise.resolve();
  const slow = new SlowAnalyst(1);
  const analyst: Pick<Analyst, "report"> = {
    async report(about) {
      asked.push(about.closed);
      await made;
      return slow.report(about);
    },
  };
  const reports = new Reports({
    ...{ store, analyst, clock, recomputeMinMs: 0, restTimes: 0, restMaxMs: 0, reportsKeptMax: 2 },
    silent: () => [{ node: "a", heardMs: 1 }],
  });
  await reports.get("i");
  await store.closeIncident("i", 1);
  reports.touch("i");
  const over = Promise.withResolvers<void>();
  made = over.promise;
  const first = reports.live("i");
  await clock.advance(10);
  const second = reports.get("i");
  await clock.advance(10);
  over.resolve();
  const [one, other] = await Promise.all([first, second]);
  equal(one, other);
  deepEqual([one!.closed, asked], [true, [false, true]]);
});
