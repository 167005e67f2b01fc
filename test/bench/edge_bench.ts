/**
 * What the ingest costs on workerd, on this machine, its load made beside it on the same processors:
 * rates are floors, CPU times are the engine's own. `deno task bench:edge [--engine deno]
 * [--events N] [--only intake,nodes,flows,billed,probes,live,big]`; N is the size of the one big incident.
 * `--probes N [--active N] [--seconds N] [--rate N] [--no-viewer]`: only one incident of so many probes,
 * of which some see so many packets a second each.
 */
import { parseArgs } from "node:util";
import { billed } from "./edge/billed.ts";
import * as engines from "./edge/engines.ts";
import { manyProbes } from "./edge/many_probes.ts";
import { big, intake, live, probes } from "./edge/measures.ts";

const { values } = parseArgs({
  options: {
    engine: { type: "string", default: "workerd" },
    events: { type: "string", default: "1000000" },
    only: { type: "string" },
    probes: { type: "string" },
    active: { type: "string" },
    seconds: { type: "string", default: "300" },
    rate: { type: "string", default: "1" },
    shards: { type: "string", default: "2" },
    "no-viewer": { type: "boolean", default: false },
  },
});
const all = values.probes === undefined ? "intake,nodes,flows,billed,probes,live,big" : "";
const start = values.engine === "deno" ? engines.deno : engines.workerd;
const wanted = new Set((values.only ?? all).split(","));

const shown = (value: number) =>
  value >= 100 ? Math.round(value).toLocaleString("en") : value.toPrecision(3);

function row(name: string, figures: Record<string, number>): void {
  const cells = Object.entries(figures).map(([what, value]) => `${what} ${shown(value)}`);
  console.log(`${name.padEnd(26)}${cells.join("  ")}`);
}

/** The share of the first row's figure, so that a slower machine says the same. */
function ratio(rows: number[]): string {
  return rows.map((value) => (value / rows[0]!).toFixed(2)).join(" : ");
}

const BASE = { nodes: 20, flows: 1000, events: 96_000, eventsPerBatch: 2000 };

if (wanted.has("intake")) {
  console.log("\n96,000 events from 20 nodes, 1,000 flows, batches of 2,000, by shards");
  const costs: number[] = [];
  for (const shards of values.engine === "deno" ? [1] : [1, 2, 4, 8]) {
    const { cpuUsPerEvent, eventsPerSecond, ...rest } = await intake(start, BASE, shards);
    costs.push(cpuUsPerEvent);
    row(`${shards} shards`, {
      "events/s": eventsPerSecond,
      "per shard": eventsPerSecond / shards,
      "CPU µs/event": cpuUsPerEvent,
      "POST p99 ms": rest.postP99Ms,
      "report ms": rest.reportMs,
      "report CPU ms": rest.reportCpuMs,
      "peak MiB": rest.peakMiB,
    });
  }
  console.log(`CPU per event, by shards: ${ratio(costs)}`);
}

if (wanted.has("nodes")) {
  console.log("\n48,000 events of 1,000 flows in 2 shards, by nodes: batches become smaller");
  const costs: number[] = [];
  for (const nodes of [2, 20, 200]) {
    const shape = { nodes, flows: 1000, events: 48_000, eventsPerBatch: 48_000 / nodes / 4 };
    const figures = await intake(start, shape, 2);
    costs.push(figures.cpuMsPerRequest);
    row(`${nodes} nodes`, {
      "events/batch": 48_000 / nodes / 4,
      "CPU ms/batch": figures.cpuMsPerRequest,
      "CPU µs/event": figures.cpuUsPerEvent,
      "B/event": figures.bytesPerEvent,
      "report ms": figures.reportMs,
      "report CPU ms": figures.reportCpuMs,
    });
  }
  console.log(`CPU per batch, by nodes: ${ratio(costs)}`);
}

if (wanted.has("flows")) {
  console.log("\n96,000 events from 20 nodes in 2 shards, by flows");
  const costs: number[] = [];
  for (const flows of [10, 100, 1000, 10_000]) {
    const figures = await intake(start, { ...BASE, flows }, 2);
    costs.push(figures.reportCpuMs);
    row(`${flows} flows`, {
      "CPU µs/event": figures.cpuUsPerEvent,
      "report ms": figures.reportMs,
      "report CPU ms": figures.reportCpuMs,
      "report kB": figures.reportBytes / 1000,
    });
  }
  console.log(`CPU per report, by flows: ${ratio(costs)}`);
}

if (wanted.has("billed")) {
  console.log(
    "\nwhat would be billed of a batch, and of a report of 100 such by each sender, by shards and events",
  );
  const alone = [1, 2, 8].flatMap((shards) => [[shards, 100, 1], [shards, 1000, 1]]);
  for (const [shards, events, senders] of [...alone, [8, 100, 5], [8, 100, 20], [8, 1000, 20]]) {
    const { batch, report } = await billed(shards!, events!, senders);
    row(`${shards} shards, ${events} events${senders === 1 ? "" : `, ${senders} at once`}`, {
      "object requests": batch.requests,
      "rows written": batch.rowsWritten,
      "rows read": batch.rowsRead,
      "CPU ms": batch.cpuMs,
      "stored B/event": batch.storedBytes / events!,
      "report: requests": report.requests,
      "rows read ": report.rowsRead,
      "CPU ms ": report.cpuMs,
    });
  }
}

if (wanted.has("probes")) {
  console.log("\n200 probes, a batch each per second for 15 s");
  for (const events of [16, 96]) {
    const figures = await probes(start, 200, 15, events);
    row(`${events} events per batch`, {
      "events/s": figures.eventsPerSecond,
      "processors": figures.cores,
      "CPU ms/batch": figures.cpuMsPerRequest,
      "POST p50 ms": figures.postP50Ms,
      "p99": figures.postP99Ms,
      "held": figures.held,
      "RSS MiB": figures.rssMiB,
    });
  }
}

if (wanted.has("live")) {
  console.log("\nfrom POST to the live stream, 64 flows");
  for (const [viewers, changes] of [[1, 100], [50, 40], [500, 20]] as const) {
    const figures = await live(start, viewers, changes);
    row(`${viewers} viewers`, {
      "p50 ms": figures.p50Ms,
      "p99 ms": figures.p99Ms,
      "last viewer p50 ms": figures.lastP50Ms,
      "CPU µs/message": figures.cpuUsPerMessage,
      "RSS MiB": figures.rssMiB,
    });
  }
}

if (wanted.has("big")) {
  const events = Number(values.events);
  console.log(`\none incident of ${events.toLocaleString("en")} events, 50 nodes, 4 shards`);
  const { counters, ...figures } = await big(start, events, 4);
  row("all", {
    "s": figures.seconds,
    "events/s": figures.eventsPerSecond,
    "CPU µs/event": figures.cpuUsPerEvent,
    "POST p99 ms": figures.postP99Ms,
    "held": figures.held,
    "report ms": figures.reportMs,
    "RSS MiB": figures.rssMiB,
    "peak MiB": figures.peakMiB,
  });
  row("kept", { events: counters.events!, evicted: counters.evicted!, batches: counters.batches! });
}

if (values.probes !== undefined) {
  const count = Number(values.probes);
  const shape = {
    probes: count,
    active: Number(values.active ?? Math.ceil(count / 10)),
    packetsPerSecond: Number(values.rate),
    flows: 200,
  };
  console.log(
    `\none incident of ${count} probes, ${shape.active} of them with ${shape.packetsPerSecond} ` +
      `packets a second each, for ${values.seconds} s`,
  );
  const options = { shards: Number(values.shards), viewer: !values["no-viewer"] };
  const figures = await manyProbes(shape, Number(values.seconds), options);
  for (const [name, value] of Object.entries(figures)) row(name, { "": value });
}
