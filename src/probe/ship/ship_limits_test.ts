/** The probe's shipping against the real ingest's limits: it waits, keeps, and loses nothing. */
import { deepStrictEqual as equal, ok } from "node:assert/strict";
import { FakeClock } from "../../../test/contract/fake_clock.ts";
import { tally } from "../../../test/contract/tally.ts";
import { fakeBatch } from "../../../test/fake/batch.ts";
import { RemoteIngest } from "../../cli/capture/remote_ingest.ts";
import { createApp } from "../../ingest/app.ts";
import { Hub } from "../../ingest/live/hub.ts";
import { type LimitsOverride, limitsWith } from "../../ingest/limits.ts";
import { MemoryStore } from "../../ingest/stores/memory_store.ts";
import { Shipper } from "./ship.ts";
import { Spool } from "./spool.ts";

const EVENTS = 10;
const lines = (n: number) =>
  Array.from({ length: EVENTS }, (_, i) => `device-rx\t${n * EVENTS + i}\t0\tf${i}`);

interface Answer {
  atMs: number;
  status: number;
  retryAfterMs: number;
}

/** Time passes only when told to; what is to come at once, as reading a body asks, does. */
class WaitedClock extends FakeClock {
  override after(delayMs: number, run: () => void): () => void {
    if (delayMs > 0) return super.after(delayMs, run);
    const timer = setTimeout(run, 0);
    return () => clearTimeout(timer);
  }
}

/** An ingest whose time passes only when the probe waits. */
async function limitedIngest(limits: LimitsOverride, onAnswer: () => void) {
  const clock = new WaitedClock();
  const all = limitsWith(limits);
  const store = new MemoryStore(all.store);
  const hub = new Hub({ store, clock, limits: all, analyse: (input) => tally(input) });
  const auth = { rootToken: "root", allowLoopbackWithoutToken: false };
  const app = createApp({ store, clock, hub, auth, limits: all });
  const none = { title: "", filter: "", createdMs: 0, importing: false };
  for (const id of ["i1", "other"]) await store.createIncident({ id, ...none });
  const text = `${"x".repeat(30_000)}\n`;
  const { header } = fakeBatch(0);
  const segments = [{ tier: "ordinary" as const, lines: 1, text }];
  await store.append("other", { header, segments, refused: 0, evicted: 0 });
  const answers: Answer[] = [];
  const server = Deno.serve({ hostname: "127.0.0.1", port: 0, onListen() {} }, async (request) => {
    const response = await app.fetch(request, {});
    const retryAfterMs = 1000 * Number(response.headers.get("retry-after") ?? 0);
    answers.push({ atMs: clock.monotonicMs(), status: response.status, retryAfterMs });
    onAnswer();
    return response;
  });
  return { clock, store, answers, url: `http://127.0.0.1:${server.addr.port}`, server };
}

type Limited = Awaited<ReturnType<typeof limitedIngest>>;

interface Shipping {
  limits: LimitsOverride;
  spoolBytesMax?: number;
  /** How many batches are there at first; one more comes with each answer and each second. */
  first: number;
  count: number;
  /** What happens beside it while the probe waits. */
  onPause?(ingest: Limited): Promise<void>;
}

async function ship(
  { limits, spoolBytesMax = 1e7, first, count, onPause }: Shipping,
  check: (
    ingest: Limited,
    told: { notices: string[]; evicted: number; spooled: number },
  ) => unknown,
): Promise<void> {
  const directory = await Deno.makeTempDir({ prefix: "lasthop-ship-" });
  let next = 0;
  const seeOne = () => {
    if (next < count) shipper.push(fakeBatch(next, lines(next++)));
  };
  const ingest = await limitedIngest(limits, seeOne);
  const told = { notices: [] as string[], evicted: 0, spooled: 0 };
  const onNotice = (text: string) => told.notices.push(text);
  const onEvicted = (_: string, events: number) => told.evicted += events;
  const wanted = { ingest: ingest.url, token: "root", incident: "i1", filter: "", onNotice };
  const remote = new RemoteIngest(wanted);
  const spool = await Spool.open({ directory, bytesMax: spoolBytesMax, onEvicted });
  const shipper: Shipper = new Shipper({
    send: (text, signal) => remote.send(text, signal),
    spool,
    onNotice,
    onEvicted,
    async pause(ms) {
      seeOne();
      told.spooled = Math.max(told.spooled, spool.bytes);
      await ingest.clock.advance(ms);
      await onPause?.(ingest);
    },
  });
  try {
    while (next < first) seeOne();
    const all = Promise.withResolvers<void>();
    const append = ingest.store.appendAll.bind(ingest.store);
    ingest.store.appendAll = async (id, batches) => {
      const appended = await append(id, batches);
      if (batches.some(({ header }) => header.sequence === count - 1)) all.resolve();
      return appended;
    };
    await all.promise;
    equal(await shipper.drain(10_000), true);
    await check(ingest, told);
  } finally {
    await ingest.server.shutdown();
    await Deno.remove(directory, { recursive: true }).catch(() => {});
  }
}

async function sequencesIn(store: MemoryStore): Promise<number[]> {
  return (await Array.fromAsync(store.readBatches("i1"))).map(({ header }) => header.sequence);
}

/** No request before the time that the answer before it named. */
function waitedAsTold(answers: Answer[]): number {
  let refused = 0;
  for (const [i, { atMs, status, retryAfterMs }] of answers.entries()) {
    if (status === 200) continue;
    refused += 1;
    ok(retryAfterMs >= 1000, `${status}`);
    ok(answers[i + 1]!.atMs >= atMs + retryAfterMs, `asked again after ${retryAfterMs} ms`);
  }
  return refused;
}

// Time limits of requests are timers that are left to run out.
const test = (name: string, fn: () => Promise<void>) =>
  Deno.test({ name: `ship: ${name}`, sanitizeOps: false, sanitizeResources: false, fn });

test("a probe beyond its share waits as told, and everything arrives once, in order", () =>
  ship({
    limits: { probeEventsPerSecond: EVENTS, burstSeconds: 1 },
    first: 20,
    count: 60,
  }, async ({ answers, store }, { notices, evicted, spooled }) => {
    ok(waitedAsTold(answers) >= 3, JSON.stringify(answers));
    equal(await sequencesIn(store), Array.from({ length: 60 }, (_, i) => i));
    const { counters } = (await store.getIncident("i1"))!;
    equal([counters.events, counters.duplicates, evicted], [60 * EVENTS, 0, 0]);
    ok(spooled > 0, "it waited on disk");
    equal(notices.length, 2, notices.join("\n"));
    ok(notices[0]!.includes("this probe has sent more than its share, must wait"), notices[0]);
    equal(notices[1], "the ingest has taken what was kept");
  }));

test("what waits too long for its room is thinned, counted, and still all there", () =>
  ship({
    limits: { incidentEventsPerSecond: 1, burstSeconds: 1 },
    spoolBytesMax: 4_000,
    first: 20,
    count: 120,
  }, async ({ answers, store }, { evicted, spooled }) => {
    waitedAsTold(answers);
    ok(spooled <= 4_000 + 1_000, `${spooled} bytes`);
    ok(evicted > 0);
    const { counters } = (await store.getIncident("i1"))!;
    equal(counters.events + evicted, 120 * EVENTS);
    const sequences = await sequencesIn(store);
    equal(sequences, [...sequences].sort((a, b) => a - b));
  }));

test("an ingest that is full is waited for, and takes the batches when there is room", () =>
  ship({
    // Another incident has most of it, until somebody deletes that.
    limits: { store: { bytesTotalMax: 40_000 } },
    first: 20,
    count: 30,
    async onPause({ store, clock }) {
      if (clock.monotonicMs() < 70_000) return;
      await store.deleteIncident("other");
    },
  }, async ({ answers, store }, { evicted }) => {
    ok(waitedAsTold(answers) >= 2);
    ok(answers.every(({ status }) => status === 200 || status === 507));
    equal([await sequencesIn(store), evicted], [Array.from({ length: 30 }, (_, i) => i), 0]);
    const { counters } = (await store.getIncident("i1"))!;
    ok(counters.duplicates > 0, "what was taken before it was full came again");
    equal(counters.events, 30 * EVENTS);
  }));
