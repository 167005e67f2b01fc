/**
 * An incident of which more comes than is judged, with a viewer, and with somebody who asks for its report
 * each second or nobody: by a clock of processor time, as on a processor that the analysis has alone.
 */
import { Hub } from "../../../src/ingest/live/hub.ts";
import { type Analyst, LocalAnalyst } from "../../../src/ingest/live/analyst.ts";
import { DEFAULT_LIMITS, limitsWith } from "../../../src/ingest/limits.ts";
import { MemoryStore } from "../../../src/ingest/stores/memory_store.ts";
import { type Body, dropOf, pings } from "../edge/pings.ts";
import { newBatchOf } from "../goals/ping_batch.ts";
import { CpuClock } from "./cpu_clock.ts";

const INCIDENT = "bench";
const NODES = 20;
/** Drops, each of a flow of its own, which no other event is of. */
const DROP_EVERY_MS = 500;
const ASKED_EVERY_MS = 1_000;

/** How it is loaded. */
export interface Polling {
  /** Events that are kept, as many as the store keeps. */
  events: number;
  /** Flows that they are of, and those that come. */
  flows: number;
  rate: number;
  seconds: number;
  isAsked: boolean;
}

/** What it came to, ms. */
export interface Polled {
  /** Between a report on the live view and the next. */
  gapsMs: number[];
  /** From when a drop came until it was on the live view. */
  dropsMs: number[];
  /** From the asking to the report. */
  askedMs: number[];
  /** From the close, while as much waits as does, to the last report. */
  lastMs: number;
}

/** Tells all of it to a hub. */
export async function polled({ events, flows, rate, seconds, isAsked }: Polling): Promise<Polled> {
  const clock = new CpuClock();
  const limits = limitsWith({ store: { ...DEFAULT_LIMITS.store, eventsPerIncidentMax: events } });
  const store = new MemoryStore(limits.store);
  const about = { id: INCIDENT, title: "", filter: "", createdMs: 0, importing: false };
  await store.createIncident(about);
  const local = new LocalAnalyst({ store, analysedEventsMax: events });
  const shape = { incident: INCIDENT, nodes: NODES, flows, eventsPerBatch: 400 };
  const coming = pings({ ...shape, events: events + rate * seconds });
  const put = async (body: Body) => {
    const stored = await clock.beside(async () => {
      const batch = newBatchOf(body);
      return { batch, appended: await store.append(INCIDENT, batch) };
    });
    if (stored.appended.status !== "stored") throw new Error(stored.appended.status);
    hub.stored(INCIDENT, stored.appended.row, stored.batch, stored.appended.evicted);
  };
  let fromMs = Infinity;
  let sent = 0;
  const dropped: number[] = [];
  /** Takes what has come by now. */
  const takeComing = async () => {
    while (clock.monotonicMs() >= fromMs + 1000 * sent / rate) {
      const body = await clock.beside(() => coming.next().value);
      if (!body) break;
      await put(body);
      sent += body.events;
    }
    const dropMs = fromMs + DROP_EVERY_MS * dropped.length;
    if (clock.monotonicMs() < dropMs || dropped.length * DROP_EVERY_MS >= 1000 * seconds) return;
    await put(dropOf(INCIDENT, NODES, dropped.length, 2 * flows + dropped.length));
    dropped.push(dropMs);
  };
  const analyst: Analyst = {
    stored: (...told) => local.stored(...told),
    evicted: (...told) => local.evicted(...told),
    forget: (incident) => local.forget(incident),
    async report(asked) {
      // What comes while a report is made is known to the next one.
      await takeComing();
      return await local.report(asked);
    },
  };
  const hub: Hub = new Hub({ store, clock, limits, analyst });
  for (let kept = 0; kept < events;) {
    const body = coming.next().value!;
    await put(body);
    kept += body.events;
  }
  await hub.report(INCIDENT);
  const result: Polled = { gapsMs: [], dropsMs: [], askedMs: [], lastMs: Number.NaN };
  let toldMs = clock.monotonicMs();
  const leave = await hub.follow(INCIDENT, async ({ text }) => {
    const nowMs = clock.monotonicMs();
    result.gapsMs.push(nowMs - toldMs);
    toldMs = nowMs;
    const { problems } = await clock.beside(() => text.report());
    const shown = problems.reduce((sum, { packets }) => sum + packets.dropped, 0);
    for (const ms of dropped.slice(result.dropsMs.length, shown)) result.dropsMs.push(nowMs - ms);
  });
  fromMs = clock.monotonicMs();
  const endMs = fromMs + 1000 * seconds;
  let askedAtMs = -Infinity;
  let asked: Promise<unknown> | null = null;
  while (clock.monotonicMs() < endMs || asked !== null) {
    const nowMs = clock.monotonicMs();
    if (isAsked && asked === null && nowMs < endMs && nowMs >= askedAtMs + ASKED_EVERY_MS) {
      askedAtMs = nowMs;
      asked = hub.report(INCIDENT).then(() => {
        result.askedMs.push(clock.monotonicMs() - nowMs);
        asked = null;
      });
    }
    await clock.turn();
    await takeComing();
  }
  await store.closeIncident(INCIDENT, clock.wallMs());
  hub.changed(INCIDENT);
  const closedMs = clock.monotonicMs();
  let isOver = false;
  const last = hub.report(INCIDENT).then(() => isOver = true);
  while (!isOver) await clock.turn();
  await last;
  result.lastMs = clock.monotonicMs() - closedMs;
  leave?.();
  hub.close();
  return result;
}
