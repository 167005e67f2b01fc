/** One incident of many probes on workerd, for minutes, each of them behaving as a probe does. */
import { setTimeout as pause } from "node:timers/promises";
import { createClient } from "../../../src/ingest/client/client.ts";
import { startWorkerd } from "../../deploy/workerd_server.ts";
import { LoadProbes, type LoadShape, tokensFor } from "./load_probes.ts";
import { quantile, usageOf } from "./usage.ts";
import { watch } from "./watch.ts";

const ENTRY = new URL("counting_worker.ts", import.meta.url).pathname;
const TOKEN = "operator-of-this-bench";
const INCIDENT = "many";
const TICK_MS = 20;
const DRAIN_MS = 60_000;

export interface ManyProbes {
  seconds: number;
  batches: number;
  emptyBatches: number;
  events: number;
  /** Of the engine. */
  cpuMsPerBatch: number;
  processors: number;
  rssMiB: number;
  peakMiB: number;
  hubRequestsPerBatch: number;
  objectRequestsPerBatch: number;
  rowsWrittenPerBatch: number;
  postP50Ms: number;
  postP99Ms: number;
  answered429: number;
  answered503: number;
  otherFailures: number;
  liveMessages: number;
  reportMs: number;
  /** Of the report: nodes in it, and events that came and are not accounted for. */
  nodes: number;
  missing: number;
  unsent: number;
}

/** What all requests of this process were answered. */
function countingFetch() {
  const real = globalThis.fetch;
  const found = { latenciesMs: [] as number[], statuses: new Map<number, number>(), broken: 0 };
  globalThis.fetch = async (input, init) => {
    const isBatch = String(input).endsWith("/batches");
    if (!isBatch) return await real(input, init);
    const from = performance.now();
    try {
      const response = await real(input, init);
      found.statuses.set(response.status, (found.statuses.get(response.status) ?? 0) + 1);
      if (response.ok) found.latenciesMs.push(performance.now() - from);
      return response;
    } catch (error) {
      found.broken += 1;
      throw error;
    }
  };
  return { found, restore: () => void (globalThis.fetch = real) };
}

/** `viewer`: someone watches all the time, so that a report is made again and again. */
export async function manyProbes(
  shape: Omit<LoadShape, "incident">,
  seconds: number,
  { shards = 2, viewer = true } = {},
): Promise<ManyProbes> {
  const data = await Deno.makeTempDir({ prefix: "lasthop-bench-" });
  const server = await startWorkerd({ data, token: TOKEN, shards, entry: ENTRY });
  const client = createClient({ url: server.url, token: TOKEN });
  const counting = countingFetch();
  try {
    await client.createIncident({ id: INCIDENT });
    const tokens = await tokensFor(client, INCIDENT, shape.probes);
    const target = { url: server.url, token: TOKEN };
    const watching = viewer ? await watch(target, INCIDENT, 1) : null;
    const counts = async () =>
      await (await fetch(`${server.url}/counts`)).json() as Record<string, number>;
    await counts();
    const before = await usageOf(server.pid);
    const load = new LoadProbes({ ...shape, incident: INCIDENT }, server.url, tokens);
    const from = performance.now();
    for (let nowMs = 0; nowMs < seconds * 1_000; nowMs = performance.now() - from) {
      load.tick(nowMs);
      await pause(TICK_MS);
    }
    const unsent = await load.end(DRAIN_MS);
    const wallMs = performance.now() - from;
    const [after, counted] = [await usageOf(server.pid), await counts()];
    const liveMessages = watching?.events() ?? 0;
    watching?.close();
    const reportFrom = performance.now();
    const report = await client.report(INCIDENT);
    const reportMs = performance.now() - reportFrom;
    const last = await usageOf(server.pid);
    const { batches, empty, events, notices } = load.figures;
    for (const notice of new Set(notices)) console.error(`  ${notice}`);
    const { counters } = await client.getIncident(INCIDENT);
    const { found } = counting;
    const cpuMs = after.cpuMs - before.cpuMs;
    const statuses = [...found.statuses].filter(([status]) => ![200, 429, 503].includes(status));
    return {
      ...{ seconds: wallMs / 1_000, batches, emptyBatches: empty, events },
      ...{ cpuMsPerBatch: cpuMs / batches, processors: cpuMs / wallMs },
      ...{ rssMiB: after.rssMiB, peakMiB: last.peakMiB },
      hubRequestsPerBatch: counted.hub! / batches,
      objectRequestsPerBatch: counted.requests! / batches,
      rowsWrittenPerBatch: counted.rowsWritten! / batches,
      postP50Ms: quantile(found.latenciesMs, 0.5),
      postP99Ms: quantile(found.latenciesMs, 0.99),
      answered429: found.statuses.get(429) ?? 0,
      answered503: found.statuses.get(503) ?? 0,
      otherFailures: found.broken + statuses.reduce((sum, [, count]) => sum + count, 0),
      ...{ liveMessages, reportMs, nodes: report.nodes.length, unsent },
      missing: batches - counters.batches + events - counters.events - counters.evicted,
    };
  } finally {
    counting.restore();
    if (server.said() !== "") console.error(`workerd said: ${server.said()}`);
    await server.kill();
    await Deno.remove(data, { recursive: true });
  }
}
