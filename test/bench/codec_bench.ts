/**
 * How fast events are decoded, ingested and analysed on one core, against JSON.parse of the same
 * lines: ratios of one run, since machines are noisy. `deno task bench`.
 */
import { analyse } from "../../src/analysis/mod.ts";
import type { Batch } from "../../src/analysis/mod.ts";
import { decodeLine, encodeEvent, eventToJson } from "../../src/event/codec.ts";
import { createClient } from "../../src/ingest/client/client.ts";
import { startIngest } from "../../src/ingest/deno.ts";
import { decodeLines } from "../../src/ingest/live/decode_lines.ts";
import { pingBatches, textOf } from "./traffic.ts";

const PACKETS = 12_500;
const ROUNDS = 7;

const batches = pingBatches(PACKETS);
const events = batches.flatMap((batch) => batch.events);
const tsv = events.map(encodeEvent);
const packed = batches.map(({ header, events }) => ({
  header,
  bytes: new TextEncoder().encode(events.map(encodeEvent).join("\n")),
}));
const json = events.map(eventToJson);

/** Median and spread of events per second over rounds; the first round warms up. */
async function rate(work: () => unknown | Promise<unknown>) {
  const rates: number[] = [];
  for (let round = 0; round <= ROUNDS; round++) {
    const from = performance.now();
    await work();
    if (round > 0) rates.push(events.length / (performance.now() - from) * 1000);
  }
  rates.sort((a, b) => a - b);
  return { median: rates[ROUNDS >> 1]!, least: rates[0]!, most: rates.at(-1)! };
}

async function ingested(): Promise<void> {
  const ingest = await startIngest({
    listen: { hostname: "127.0.0.1", port: 0 },
    allowLoopbackWithoutToken: true,
  });
  const client = createClient({ url: ingest.url });
  await client.createIncident({ id: "bench" });
  for (const batch of batches) await client.postBatch("bench", textOf(batch));
  await ingest.stop();
}

const input = (list: Batch[]) => ({
  incident: "bench",
  batches: list,
  filter: "",
  closed: true,
  evicted: 0,
});

/** The batches, their events decoded from the bytes of their lines. */
function decoded(): Batch[] {
  return packed.map(({ header, bytes }) => {
    const batch: Batch = { header, events: [], states: [], refused: 0 };
    decodeLines(bytes, batch);
    return batch;
  });
}

const limit = await rate(() => json.forEach((line) => JSON.parse(line)));
const rows: [string, Awaited<ReturnType<typeof rate>>][] = [
  ["JSON.parse of the same events (the limit)", limit],
  ["decode, tab-separated", await rate(() => tsv.forEach((line) => decodeLine(line)))],
  ["decode, JSON with schema", await rate(() => json.forEach((line) => decodeLine(line)))],
  ["ingest over HTTP, gzip, memory store", await rate(ingested)],
  ["analyse to a report", await rate(() => analyse(input(batches)))],
  ["line to verdict: decode, analyse", await rate(() => analyse(input(decoded())))],
];

console.log(
  `${events.length} events of ${PACKETS} packets, median of ${ROUNDS} rounds, one core\n`,
);
for (const [name, { median, least, most }] of rows) {
  const k = (n: number) => `${Math.round(n / 1000)} k/s`;
  const ratio = (median / limit.median).toFixed(2);
  console.log(
    `${name.padEnd(44)} ${k(median).padStart(9)}  (${k(least)} to ${
      k(most)
    })  ${ratio} of the limit`,
  );
}
