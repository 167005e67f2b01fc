/** What others notice of an ingest while events come at a rate. */
import { setTimeout as pause } from "node:timers/promises";
import { Worker } from "node:worker_threads";
import { type Body, pings } from "../edge/pings.ts";
import { nothingPosted, post } from "../edge/post.ts";
import { quantile, usageOf } from "../edge/usage.ts";
import { type Viewers, watch } from "../edge/watch.ts";
import {
  dropTime,
  EVENTS_PER_BATCH,
  filled,
  INCIDENT,
  NODES,
  report,
  type Server,
} from "./kept.ts";

/** How long, ms, it is measured what is so while nothing comes. */
const QUIET_MS = 4_000;

/** What others notice while events come; times in milliseconds. */
export interface BusyFigures {
  eventsPerSecond: number;
  healthzMs: { p50: number; p99: number };
  /** The same before anything comes: what a busy machine makes of it. */
  quietHealthzMs: { p50: number; p99: number };
  /** Processor time of the thread that answers for each event taken, reports and viewer included, µs. */
  answeringUs: number;
  /** How long reports took that were asked for each second, or when the one before had come. */
  reportMs: { p50: number; max: number; count: number };
  /** From the POST of a drop to its flow on the live stream. */
  dropMs: { p50: number; p99: number; count: number };
}

/**
 * Events come at a rate for some seconds, into an incident that has so many already, with one viewer;
 * `isAsked`: somebody also asks for the report each second.
 */
export async function busy(
  { events, rate, seconds, isAsked }: {
    events: number;
    rate: number;
    seconds: number;
    isAsked: boolean;
  },
): Promise<BusyFigures> {
  const shape = { incident: INCIDENT, nodes: NODES, flows: 2_000, events: rate * seconds };
  const server = await filled(events);
  // One node tells of the drops alone: its batches come in between those of others.
  server.sequences.push(0);
  const firstSequences = server.sequences;
  const bodies = [...pings({ ...shape, eventsPerBatch: EVENTS_PER_BATCH, firstSequences })];
  try {
    // What a first report takes of so many is another figure (`kept`), and a trace makes it as they come.
    await report(server);
    const watching = await watch(server, INCIDENT, 1);
    const quietMs = await healthTimes(server.url, pause(QUIET_MS));
    const over = new AbortController();
    const reports = isAsked ? reportsEachSecond(server, over.signal) : Promise.resolve([]);
    const drops = dropTimes(server, watching, over.signal);
    const before = await usageOf(server.pid);
    const posted = postAtRate(server, bodies, rate);
    const healthMs = await healthTimes(server.url, posted);
    const eventsPerSecond = await posted;
    const after = await usageOf(server.pid);
    over.abort();
    const dropMs = await drops;
    const reportMs = await reports;
    watching.close();
    return {
      eventsPerSecond,
      healthzMs: timesOf(healthMs),
      quietHealthzMs: timesOf(quietMs),
      answeringUs: (after.firstThreadCpuMs - before.firstThreadCpuMs) * 1000 / shape.events,
      reportMs: {
        p50: quantile(reportMs, 0.5),
        max: Math.max(0, ...reportMs),
        count: reportMs.length,
      },
      dropMs: { p50: quantile(dropMs, 0.5), p99: quantile(dropMs, 0.99), count: dropMs.length },
    };
  } finally {
    await server.stop();
  }
}

const timesOf = (ms: readonly number[]) => ({ p50: quantile(ms, 0.5), p99: quantile(ms, 0.99) });

/** How long /healthz takes each time while something else goes on, ms. */
async function healthTimes(url: string, meanwhile: Promise<unknown>): Promise<number[]> {
  const health = new Worker(new URL("health.ts", import.meta.url));
  const told = new Promise<number[]>((resolve) => health.on("message", resolve));
  health.postMessage(url);
  await meanwhile;
  health.postMessage(null);
  const times = await told;
  await health.terminate();
  return times;
}

/** Posts no faster than the rate, 16 bodies at once; gives the events a second that were taken. */
export async function postAtRate(
  server: Server,
  bodies: readonly Body[],
  rate: number,
): Promise<number> {
  const posted = nothingPosted();
  const from = performance.now();
  const waiting = new Set<Promise<void>>();
  let sent = 0;
  for (const body of bodies) {
    await pause(Math.max(0, from + 1000 * sent / rate - performance.now()));
    sent += body.events;
    const one = post(server, INCIDENT, body, posted).finally(() => waiting.delete(one));
    waiting.add(one);
    if (waiting.size >= 16) await Promise.race(waiting);
  }
  await Promise.all(waiting);
  return posted.events / (performance.now() - from) * 1000;
}

/** Asks for the report each second, or when it came; gives how long each took, ms. */
async function reportsEachSecond(server: Server, over: AbortSignal): Promise<number[]> {
  const times: number[] = [];
  while (!over.aborted) {
    const from = performance.now();
    const answered = report(server).then(() => times.push(performance.now() - from));
    await Promise.all([answered, pause(1000)]);
  }
  return times;
}

/** Times from the POST of a drop of a flow of its own to that flow on the live stream, one by one. */
async function dropTimes(server: Server, watching: Viewers, over: AbortSignal): Promise<number[]> {
  const times: number[] = [];
  for (let i = 0; !over.aborted; i++) times.push(await dropTime(server, watching, NODES, i));
  return times;
}
