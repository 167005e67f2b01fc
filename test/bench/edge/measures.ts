/** What is measured of an ingest, each on a fresh one. */
import { setTimeout as pause } from "node:timers/promises";
import type { LimitsOverride } from "../../../src/ingest/limits.ts";
import type { Engine, StartEngine } from "./engines.ts";
import { type Body, dropOf, pings, type Shape } from "./pings.ts";
import { nothingPosted, post, postAll, type Posted } from "./post.ts";
import { quantile, usageOf } from "./usage.ts";
import { watch } from "./watch.ts";

/** So that what is measured is the engine, not the patience that limits ask of one sender. */
const OPEN: LimitsOverride = {
  requestsPerSecond: 1e6,
  requestsBurst: 1e6,
  probeEventsPerSecond: 1e9,
  probeBytesPerSecond: 1e12,
  incidentEventsPerSecond: 1e9,
  incidentBytesPerSecond: 1e12,
  accountEventsPerSecond: 1e9,
  accountBytesPerSecond: 1e12,
};

const INCIDENT = "bench";
const SENDERS = 8;
const EVENTS_TOLD = 250_000;

async function withEngine<T>(
  start: StartEngine,
  { shards = 2, limits = {} }: { shards?: number; limits?: LimitsOverride },
  measure: (engine: Engine) => Promise<T>,
): Promise<T> {
  const engine = await start({ shards, limits: { ...OPEN, ...limits } });
  try {
    await asked(engine, "POST", "", { id: INCIDENT });
    return await measure(engine);
  } finally {
    await engine.stop();
  }
}

async function asked(engine: Engine, method: string, path: string, body?: unknown) {
  const response = await fetch(`${engine.url}/v1/incidents${path}`, {
    method,
    headers: { authorization: `Bearer ${engine.token}`, "content-type": "application/json" },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });
  const text = await response.text();
  if (!response.ok) throw new Error(`Cannot ask ${path}: ${response.status} ${text}`);
  return { text, body: JSON.parse(text) };
}

export interface Taken {
  eventsPerSecond: number;
  cpuUsPerEvent: number;
  cpuMsPerRequest: number;
  bytesPerEvent: number;
  postP50Ms: number;
  postP99Ms: number;
  held: number;
  rssMiB: number;
  peakMiB: number;
}

function taken(posted: Posted, wallMs: number, cpuMs: number, rssMiB: number, peakMiB: number) {
  return {
    eventsPerSecond: posted.events / wallMs * 1000,
    cpuUsPerEvent: cpuMs / posted.events * 1000,
    cpuMsPerRequest: cpuMs / posted.requests,
    bytesPerEvent: posted.bytes / posted.events,
    postP50Ms: quantile(posted.latenciesMs, 0.5),
    postP99Ms: quantile(posted.latenciesMs, 0.99),
    held: posted.held,
    rssMiB,
    peakMiB,
  };
}

/** Taking events as fast as they come, all of them made before the clock starts. */
export function intake(
  start: StartEngine,
  shape: Omit<Shape, "incident">,
  shards: number,
): Promise<Taken & { reportMs: number; reportCpuMs: number; reportBytes: number }> {
  return withEngine(start, { shards }, async (engine) => {
    const bodies = [...pings({ ...shape, incident: INCIDENT })];
    const before = await usageOf(engine.pid);
    const from = performance.now();
    const posted = await postAll(engine, INCIDENT, bodies, SENDERS);
    const wallMs = performance.now() - from;
    const after = await usageOf(engine.pid);
    const reportFrom = performance.now();
    const { text } = await asked(engine, "GET", `/${INCIDENT}/report`);
    const reportMs = performance.now() - reportFrom;
    const last = await usageOf(engine.pid);
    return {
      ...taken(posted, wallMs, after.cpuMs - before.cpuMs, last.rssMiB, last.peakMiB),
      reportMs,
      reportCpuMs: last.cpuMs - after.cpuMs,
      reportBytes: text.length,
    };
  });
}

/** So many probes, each with a batch a second, for so long. */
export function probes(
  start: StartEngine,
  count: number,
  seconds: number,
  eventsPerBatch: number,
): Promise<Taken & { cores: number }> {
  return withEngine(start, {}, async (engine) => {
    const events = count * seconds * eventsPerBatch;
    const shape = { nodes: count, flows: 1000, events, eventsPerBatch };
    const queues = Map.groupBy(pings({ ...shape, incident: INCIDENT }), ({ node }) => node);
    const posted = nothingPosted();
    const before = await usageOf(engine.pid);
    const from = performance.now();
    const probe = async (node: number) => {
      for (const [i, body] of queues.get(node)!.entries()) {
        const due = from + (i + node / count) * 1000;
        const early = due - performance.now();
        if (early > 0) await pause(early);
        await post(engine, INCIDENT, body, posted);
      }
    };
    await Promise.all([...queues.keys()].map(probe));
    const wallMs = performance.now() - from;
    const after = await usageOf(engine.pid);
    const cpuMs = after.cpuMs - before.cpuMs;
    return {
      ...taken(posted, wallMs, cpuMs, after.rssMiB, after.peakMiB),
      cores: cpuMs / wallMs,
    };
  });
}

export interface Live {
  p50Ms: number;
  p99Ms: number;
  /** The last of all viewers, per change. */
  lastP50Ms: number;
  cpuUsPerMessage: number;
  messages: number;
  rssMiB: number;
}

/** From the moment a drop is posted to each viewer's sight of its flow, one drop after the other. */
export function live(
  start: StartEngine,
  viewers: number,
  changes: number,
  flows = 64,
): Promise<Live> {
  return withEngine(start, {}, async (engine) => {
    const shape = { nodes: 4, flows, events: flows * 8, eventsPerBatch: 1000 };
    await postAll(engine, INCIDENT, pings({ ...shape, incident: INCIDENT }), 1);
    const watching = await watch(engine, INCIDENT, viewers);
    const times: number[] = [];
    const lasts: number[] = [];
    const before = await usageOf(engine.pid);
    const eventsBefore = watching.events();
    for (let i = 0; i < changes; i++) {
      const flow = 100_000 + i;
      const address = `10.${flow >> 16 & 255}.${flow >> 8 & 255}.${flow & 255}`;
      const all = watching.seen(`"source":"${address}"`);
      const from = performance.now();
      await post(engine, INCIDENT, dropOf(INCIDENT, 0, 1_000_000 + i, flow), nothingPosted());
      const each = (await all).map((time) => time - from);
      times.push(...each);
      lasts.push(Math.max(...each));
    }
    const after = await usageOf(engine.pid);
    const messages = watching.events() - eventsBefore;
    watching.close();
    return {
      p50Ms: quantile(times, 0.5),
      p99Ms: quantile(times, 0.99),
      lastP50Ms: quantile(lasts, 0.5),
      cpuUsPerMessage: (after.cpuMs - before.cpuMs) / messages * 1000,
      messages,
      rssMiB: after.rssMiB,
    };
  });
}

export interface Big extends Taken {
  seconds: number;
  reportMs: number;
  counters: Record<string, number>;
}

/** One incident of so many events, made while they are posted. */
export function big(start: StartEngine, events: number, shards: number): Promise<Big> {
  return withEngine(start, { shards }, async (engine) => {
    const shape = { nodes: 50, flows: 1000, events, eventsPerBatch: 4000 };
    const before = await usageOf(engine.pid);
    const from = performance.now();
    const bodies = told(pings({ ...shape, incident: INCIDENT }), engine.pid);
    const posted = await postAll(engine, INCIDENT, bodies, 4);
    const wallMs = performance.now() - from;
    const after = await usageOf(engine.pid);
    const reportFrom = performance.now();
    await asked(engine, "GET", `/${INCIDENT}/report`);
    const reportMs = performance.now() - reportFrom;
    const { body } = await asked(engine, "GET", `/${INCIDENT}`);
    const last = await usageOf(engine.pid);
    return {
      ...taken(posted, wallMs, after.cpuMs - before.cpuMs, last.rssMiB, last.peakMiB),
      seconds: wallMs / 1000,
      reportMs,
      counters: body.counters,
    };
  });
}

/** Says on the way how far it is, because this takes a while. */
function* told(bodies: Iterable<Body>, pid: number): Generator<Body> {
  let events = 0;
  let next = EVENTS_TOLD;
  const from = performance.now();
  for (const body of bodies) {
    yield body;
    events += body.events;
    if (events < next) continue;
    next += EVENTS_TOLD;
    const seconds = ((performance.now() - from) / 1000).toFixed(0);
    void usageOf(pid).then(({ rssMiB }) =>
      console.error(`  ${events} events, ${seconds} s, RSS ${Math.round(rssMiB)} MiB`)
    );
  }
}
