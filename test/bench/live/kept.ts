/** What the ingest costs with so many events kept: an update, its memory, and while more come. */
import { fileURLToPath } from "node:url";
import { setTimeout as pause } from "node:timers/promises";
import { Worker } from "node:worker_threads";
import { type Body, dropOf, pings } from "../edge/pings.ts";
import { nothingPosted, post, postAll, type Target } from "../edge/post.ts";
import { quantile, usageOf } from "../edge/usage.ts";
import { type Viewers, watch } from "../edge/watch.ts";

const INCIDENT = "bench";
const NODES = 20;
/** Events of one flow, so that 300,000 are 20,000 flows. */
const EVENTS_PER_FLOW = 15;
const EVENTS_PER_BATCH = 2_000;
const UPDATES = 5;

/** An ingest that runs, and its process. */
interface Server extends Target {
  pid: number;
  stop(): Promise<void>;
}

async function start(eventsMax: number): Promise<Server> {
  const child = new Deno.Command(Deno.execPath(), {
    args: [
      "run",
      "-A",
      "--no-check",
      fileURLToPath(new URL("server.ts", import.meta.url)),
      String(eventsMax),
    ],
    stdin: "null",
    stdout: "piped",
    stderr: "inherit",
  }).spawn();
  const reader = child.stdout.pipeThrough(new TextDecoderStream()).getReader();
  const { value = "" } = await reader.read();
  return {
    url: value.trim(),
    token: "bench",
    pid: child.pid,
    async stop() {
      Deno.kill(child.pid, "SIGKILL");
      await reader.cancel();
      await child.status;
    },
  };
}

/** Figures of one ingest that keeps so many events; times in milliseconds. */
export interface KeptFigures {
  /** Memory with everything kept, before any report. */
  keptMiB: number;
  /** Memory at most, with the reports. */
  peakMiB: number;
  firstReportMs: number;
  /** A report after one more batch of one event: median, least, most. */
  updateMs: { median: number; least: number; most: number };
  reportMiB: number;
  /** Closing it, and its last report as an object. */
  closedMs: number;
}

async function ask(target: Target, path: string, method = "GET"): Promise<string> {
  const headers = { authorization: `Bearer ${target.token}`, "content-type": "application/json" };
  const body = method === "POST" ? JSON.stringify({ id: INCIDENT }) : undefined;
  const response = await fetch(target.url + path, { method, headers, body });
  const text = await response.text();
  if (!response.ok) throw new Error(`Cannot ask ${path}: ${response.status} ${text}`);
  return text;
}

const report = (target: Target) => ask(target, `/v1/incidents/${INCIDENT}/report`);

async function filled(events: number): Promise<Server> {
  const server = await start(events);
  await ask(server, "/v1/incidents", "POST");
  const flows = Math.max(1, Math.round(events / EVENTS_PER_FLOW));
  const shape = { incident: INCIDENT, nodes: NODES, flows, events };
  await postAll(server, INCIDENT, pings({ ...shape, eventsPerBatch: EVENTS_PER_BATCH }), 4);
  return server;
}

/** Sequences of batches that come after those that fill the incident. */
const FIRST_DROP = 1_000_000;

/** An incident with so many events, and one event more at a time. */
export async function kept(events: number): Promise<KeptFigures> {
  const server = await filled(events);
  try {
    const { rssMiB: keptMiB } = await usageOf(server.pid);
    const timed = async (work: () => Promise<unknown>) => {
      const from = performance.now();
      await work();
      return performance.now() - from;
    };
    let json = "";
    const firstReportMs = await timed(async () => json = await report(server));
    const times: number[] = [];
    for (let i = 0; i < UPDATES; i++) {
      // What the last report took is waited for before the next, by the ingest itself.
      await pause(Math.max(firstReportMs, ...times));
      await post(server, INCIDENT, dropOf(INCIDENT, 0, FIRST_DROP + i, i), nothingPosted());
      times.push(await timed(() => report(server)));
    }
    await pause(Math.max(...times));
    const closedMs = await timed(async () => {
      await ask(server, `/v1/incidents/${INCIDENT}/close`, "POST");
      JSON.parse(await report(server));
    });
    const { peakMiB } = await usageOf(server.pid);
    times.sort((a, b) => a - b);
    const [least = 0, , median = 0, , most = 0] = times;
    const updateMs = { median, least, most };
    return {
      keptMiB,
      peakMiB,
      firstReportMs,
      updateMs,
      reportMiB: json.length / 2 ** 20,
      closedMs,
    };
  } finally {
    await server.stop();
  }
}

/** What others notice while events come; times in milliseconds. */
export interface BusyFigures {
  eventsPerSecond: number;
  healthzMs: { p50: number; p99: number; most: number };
  /** Reports that were answered, asked for each second. */
  reports: number;
  /** From the POST of a drop to its flow on the live stream. */
  dropMs: { p50: number; p99: number; count: number };
}

/** Events come at a rate for some seconds, into an incident that has so many already. */
export async function busy(
  { events, rate, seconds }: { events: number; rate: number; seconds: number },
): Promise<BusyFigures> {
  const shape = { incident: INCIDENT, nodes: NODES, flows: 2_000, events: rate * seconds };
  const more = { ...shape, eventsPerBatch: EVENTS_PER_BATCH, firstSequence: 10_000 };
  const bodies = [...pings(more)];
  const server = await filled(events);
  try {
    const watching = await watch(server, INCIDENT, 1);
    const health = new Worker(new URL("health.ts", import.meta.url));
    health.postMessage(server.url);
    const over = new AbortController();
    const reports = reportsEachSecond(server, over.signal);
    const drops = dropTimes(server, watching, over.signal);
    const eventsPerSecond = await postAtRate(server, bodies, rate);
    over.abort();
    const [healthMs] = await Promise.all([
      new Promise<number[]>((resolve) => {
        health.on("message", resolve);
        health.postMessage(null);
      }),
      reports,
    ]);
    const dropMs = await drops;
    watching.close();
    await health.terminate();
    return {
      eventsPerSecond,
      healthzMs: {
        p50: quantile(healthMs, 0.5),
        p99: quantile(healthMs, 0.99),
        most: Math.max(...healthMs),
      },
      reports: await reports,
      dropMs: { p50: quantile(dropMs, 0.5), p99: quantile(dropMs, 0.99), count: dropMs.length },
    };
  } finally {
    await server.stop();
  }
}

/** Posts no faster than the rate, 16 bodies at once; gives the events a second that were taken. */
async function postAtRate(server: Server, bodies: readonly Body[], rate: number): Promise<number> {
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

/** Asks for the report each second, or when it came; gives how many came. */
async function reportsEachSecond(server: Server, over: AbortSignal): Promise<number> {
  let reports = 0;
  while (!over.aborted) {
    await Promise.all([report(server), pause(1000)]);
    reports += 1;
  }
  return reports;
}

/** Times from the POST of a drop of a flow of its own to that flow on the live stream, one by one. */
async function dropTimes(server: Server, watching: Viewers, over: AbortSignal): Promise<number[]> {
  const times: number[] = [];
  for (let i = 0; !over.aborted; i++) {
    const flow = 1_000_000 + i;
    const address = `10.${flow >> 16 & 255}.${flow >> 8 & 255}.${flow & 255}`;
    const seen = watching.seen(`"source":"${address}"`);
    const from = performance.now();
    await post(server, INCIDENT, dropOf(INCIDENT, 0, FIRST_DROP + i, flow), nothingPosted());
    const [at = 0] = await seen;
    times.push(at - from);
  }
  return times;
}
