/** What the ingest costs with so many events kept: an update, and its memory. */
import { fileURLToPath } from "node:url";
import { setTimeout as pause } from "node:timers/promises";
import { type Body, dropOf, pings } from "../edge/pings.ts";
import { nothingPosted, post, postAll, type Target } from "../edge/post.ts";
import { usageOf } from "../edge/usage.ts";
import { type Viewers, watch } from "../edge/watch.ts";

export const INCIDENT = "bench";
export const NODES = 20;
/** Events of one flow, so that 300,000 are 20,000 flows. */
const EVENTS_PER_FLOW = 15;
/** The flows of a page that scrolls well; a report of many more is too large for a live stream. */
const FLOWS_MAX = 20_000;
export const EVENTS_PER_BATCH = 2_000;
const UPDATES = 7;
/** A drop that does not show for so long, ms, never does. */
const SHOWS_MS = 60_000;

/** An ingest that runs, and its process. */
export interface Server extends Target {
  pid: number;
  /** Sequence of each node's next batch. */
  sequences: number[];
  stop(): Promise<void>;
}

export async function start(eventsMax: number, ...more: string[]): Promise<Server> {
  const child = new Deno.Command(Deno.execPath(), {
    args: [
      "run",
      "-A",
      // As `lasthop` starts it.
      "--v8-flags=--max-semi-space-size=4",
      "--no-check",
      fileURLToPath(new URL("server.ts", import.meta.url)),
      String(eventsMax),
      ...more,
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
    sequences: new Array<number>(NODES).fill(0),
    async stop() {
      Deno.kill(child.pid, "SIGKILL");
      await reader.cancel();
      await child.status;
    },
  };
}

/** Figures of one ingest that keeps so many events; times in milliseconds. */
export interface KeptFigures {
  /** Processor time of the ingest for each event that came, µs. */
  intakeUs: number;
  /** Of that, what the thread that answers took, µs. */
  answeringUs: number;
  /** Memory with everything kept, before any report. */
  keptMiB: number;
  /** Memory at most, with the reports. */
  peakMiB: number;
  firstReportMs: number;
  /** Processor time of the ingest for that: what a final report costs where nobody watched. */
  firstReportCpuMs: number;
  /** From the POST of a drop of a new flow to that flow on the live stream, one after the other. */
  updateMs: number[];
  /** Processor time of the ingest for each of those. */
  updateCpuMs: number[];
  /** Closing it, and its last report as an object. */
  closedMs: number;
  /** Processor time of the ingest for that. */
  closedCpuMs: number;
}

export async function ask(target: Target, path: string, method = "GET"): Promise<string> {
  const headers = { authorization: `Bearer ${target.token}`, "content-type": "application/json" };
  const body = method === "POST" ? JSON.stringify({ id: INCIDENT }) : undefined;
  const response = await fetch(target.url + path, { method, headers, body });
  const text = await response.text();
  if (!response.ok) throw new Error(`Cannot ask ${path}: ${response.status} ${text}`);
  return text;
}

export const report = (target: Target) => ask(target, `/v1/incidents/${INCIDENT}/report`);

/** A server with so many events, which is told before they come. */
export async function filled(
  events: number,
  begun?: (server: Server) => Promise<void>,
  bound = events,
): Promise<Server> {
  const server = await start(bound);
  await begun?.(server);
  await ask(server, "/v1/incidents", "POST");
  const flows = Math.min(FLOWS_MAX, Math.max(1, Math.round(events / EVENTS_PER_FLOW)));
  const shape = { incident: INCIDENT, nodes: NODES, flows, events };
  const bodies = pings({ ...shape, eventsPerBatch: EVENTS_PER_BATCH });
  await postAll(server, INCIDENT, counted(bodies, server), 4);
  return server;
}

/** Bodies as they come, counted as batches of their nodes. */
function* counted(bodies: Iterable<Body>, { sequences }: Server): Generator<Body> {
  for (const body of bodies) {
    sequences[body.node]! += 1;
    yield body;
  }
}

/** An incident with so many events, and one event more at a time. */
export async function kept(events: number): Promise<KeptFigures> {
  let before = { cpuMs: 0, firstThreadCpuMs: 0 };
  // Room for the drops: the first event that is thrown away has everything judged again, once.
  const server = await filled(events, async ({ pid }) => {
    before = await usageOf(pid);
  }, events + UPDATES);
  try {
    const { rssMiB: keptMiB, cpuMs, firstThreadCpuMs } = await usageOf(server.pid);
    const intakeUs = (cpuMs - before.cpuMs) * 1000 / events;
    const answeringUs = (firstThreadCpuMs - before.firstThreadCpuMs) * 1000 / events;
    const timed = async (work: () => Promise<unknown>) => {
      const { cpuMs } = await usageOf(server.pid);
      const from = performance.now();
      await work();
      const ms = performance.now() - from;
      return { ms, cpuMs: (await usageOf(server.pid)).cpuMs - cpuMs };
    };
    const first = await timed(() => report(server));
    const watching = await watch(server, INCIDENT, 1);
    // A live view rests as long as the report before took.
    await pause(first.ms);
    const updateMs: number[] = [];
    const updateCpuMs: number[] = [];
    for (let i = 0; i < UPDATES; i++) {
      // Long enough for the ingest not to wait before it makes the next report.
      await pause(Math.min(10_000, 300 + 4 * (updateMs.at(-1) ?? 0)));
      const before = await usageOf(server.pid);
      updateMs.push(await dropTime(server, watching, 0, i));
      updateCpuMs.push((await usageOf(server.pid)).cpuMs - before.cpuMs);
    }
    const closed = await timed(async () => {
      await ask(server, `/v1/incidents/${INCIDENT}/close`, "POST");
      await report(server);
    });
    watching.close();
    const { peakMiB } = await usageOf(server.pid);
    // The first one may find the ingest at work on what came before.
    const [updates, cpu] = [updateMs.slice(1), updateCpuMs.slice(1)];
    return {
      intakeUs,
      answeringUs,
      keptMiB,
      peakMiB,
      firstReportMs: first.ms,
      firstReportCpuMs: first.cpuMs,
      updateMs: updates,
      updateCpuMs: cpu,
      closedMs: closed.ms,
      closedCpuMs: closed.cpuMs,
    };
  } finally {
    await server.stop();
  }
}

/** Time from the POST of a drop of a flow of its own, the `nth`, to that flow on the live stream; endless when it never shows. */
export async function dropTime(
  server: Server,
  watching: Viewers,
  node: number,
  nth: number,
): Promise<number> {
  const flow = 1_000_000 + nth;
  const address = `10.${flow >> 16 & 255}.${flow >> 8 & 255}.${flow & 255}`;
  const seen = watching.seen(`"source":"${address}"`);
  const from = performance.now();
  await post(
    server,
    INCIDENT,
    dropOf(INCIDENT, node, server.sequences[node]!++, flow),
    nothingPosted(),
  );
  const late = new AbortController();
  const never = pause(SHOWS_MS, [Infinity], { signal: late.signal }).catch(() => [Infinity]);
  const [at = Infinity] = await Promise.race([seen, never]);
  late.abort();
  return at - from;
}
