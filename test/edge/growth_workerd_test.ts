/** What happens to an incident on workerd while it lives: it grows, is cut short, is archived. */
import { deepEqual, equal, ok } from "node:assert/strict";
import type { AnalysisInput } from "../../src/analysis/mod.ts";
import { createClient, type IngestClient } from "../../src/ingest/client/client.ts";
import { startIngest } from "../../src/ingest/deno.ts";
import { pingBatches } from "../bench/traffic.ts";
import { body, dropLine, hopLine } from "../contract/lines.ts";
import { gunzip } from "../contract/target.ts";
import { tellingOf } from "../sim/run.ts";
import { bodyOf, play } from "./stream.ts";
import { startWorkerd, type Workerd } from "./workerd.ts";

const LIMITS = { requestsPerSecond: 100_000, requestsBurst: 100_000, recomputeMinMs: 0 };

const clientOf = ({ url, rootToken }: Workerd) => createClient({ url, token: rootToken });

/** Lines of all batches, whatever their order; not the archive's own, which has its times. */
const linesOf = (text: string) =>
  text.split("\n").filter((line) => line !== "" && !line.startsWith('{"kind":"archive"')).sort();

async function archiveOf(client: IngestClient): Promise<string> {
  const file = await new Response(await client.downloadArchive("i")).arrayBuffer();
  return await gunzip(new Uint8Array(file));
}

/** The report and the archive of an ingest on this machine. */
async function expected(input: AnalysisInput) {
  const ingest = await startIngest({
    listen: { hostname: "127.0.0.1", port: 0 },
    rootToken: "t",
    allowLoopbackWithoutToken: false,
    limits: LIMITS,
  });
  try {
    const client = createClient({ url: ingest.url, token: "t" });
    await play(client, input, "i");
    return { report: await client.report("i"), archive: await archiveOf(client) };
  } finally {
    await ingest.stop();
  }
}

/** Small batches, so that many are under way at any time. */
function manyBatches(packets: number, perBatch: number): AnalysisInput {
  const batches = pingBatches(packets).flatMap((batch) => {
    const { header, events } = batch;
    const parts = Math.ceil(events.length / perBatch);
    return Array.from({ length: parts }, (_, i) => ({
      ...batch,
      header: { ...header, sequence: header.sequence * 1000 + i },
      events: events.slice(i * perBatch, (i + 1) * perBatch),
    }));
  });
  return { incident: "i", batches, filter: "", closed: true, evicted: 0 };
}

/** Several senders at once, as several probes are. */
async function sendAll(
  input: AnalysisInput,
  send: (body: string) => Promise<unknown>,
): Promise<void> {
  const bodies = input.batches.map((batch) => bodyOf(batch, "i"));
  const sender = async () => {
    for (let body = bodies.shift(); body !== undefined; body = bodies.shift()) await send(body);
  };
  await Promise.all(Array.from({ length: 4 }, sender));
}

Deno.test("an incident that grows from 1 shard to 2 and 8 while written loses nothing", async () => {
  const input = manyBatches(500, 40);
  const { report, archive } = await expected(input);
  const workerd = await startWorkerd({ limits: LIMITS, shards: 1 });
  try {
    const client = clientOf(workerd);
    equal((await client.createIncident({ id: "i" })).shards, 1);
    let sent = 0;
    const grown: Promise<unknown>[] = [];
    await sendAll(input, async (body) => {
      await client.postBatch("i", body);
      sent += 1;
      if (sent === 30) grown.push(client.growIncident("i", 2), client.growIncident("i", 8));
      // Reports and archives asked in the middle hold all that was acknowledged before.
      if (sent % 20 === 10) {
        const before = sent;
        const { events } = (await client.report("i")).accounting;
        ok(events >= before * 20, `${events} events of ${before} batches`);
        ok(linesOf(await archiveOf(client)).length > before);
      }
    });
    await Promise.all(grown);
    equal((await client.getIncident("i")).shards, 8);
    await client.closeIncident("i");
    deepEqual(await client.report("i"), report);
    deepEqual(linesOf(await archiveOf(client)), linesOf(archive));
  } finally {
    await workerd.stop();
  }
});

/** Asks again until there is an answer; the suite's own time limit ends the asking. */
async function until<T>(ask: () => Promise<T | null>): Promise<T> {
  for (;;) {
    const answer = await ask();
    if (answer !== null) return answer;
  }
}

Deno.test("workerd killed at any moment under load keeps what it acknowledged, once", async () => {
  const input = manyBatches(400, 20);
  const { report } = await expected(input);
  const persist = await Deno.makeTempDir();
  let workerd = await startWorkerd({ limits: LIMITS, shards: 2, persist });
  try {
    await clientOf(workerd).createIncident({ id: "i" });
    const acknowledged = new Set<string>();
    const bodies = input.batches.map((batch) => bodyOf(batch, "i"));
    for (let round = 1; round <= 4; round++) {
      const client = clientOf(workerd);
      const killAt = acknowledged.size + Math.floor(bodies.length / 5);
      let killed: Promise<void> | null = null;
      const left = bodies.filter((body) => !acknowledged.has(body));
      const sender = async () => {
        for (let body = left.shift(); body !== undefined; body = left.shift()) {
          await client.postBatch("i", body);
          acknowledged.add(body);
          // The others wait for an answer, or their shards grow.
          if (round === 2 && acknowledged.size === killAt - 2) {
            client.growIncident("i", 5).catch(() => {});
          }
          if (acknowledged.size >= killAt) killed ??= workerd.kill();
        }
      };
      await Promise.allSettled([sender(), sender(), sender(), sender()]);
      await killed;
      workerd = await startWorkerd({ limits: LIMITS, shards: 2, persist });
      const { counters } = await clientOf(workerd).getIncident("i");
      ok(counters.batches >= acknowledged.size, `${counters.batches} of ${acknowledged.size}`);
    }
    const client = clientOf(workerd);
    for (const body of bodies) {
      const { accepted, duplicates } = await client.postBatch("i", body);
      equal(accepted + duplicates, 1);
      if (acknowledged.has(body)) equal(duplicates, 1);
    }
    await client.closeIncident("i");
    deepEqual(await client.report("i"), report);
  } finally {
    await workerd.stop();
    await Deno.remove(persist, { recursive: true });
  }
});

Deno.test("a closed incident is whole in the bucket, and gone from it when it is deleted", async () => {
  const { input } = tellingOf(3, null);
  const workerd = await startWorkerd({ limits: LIMITS });
  try {
    const client = clientOf(workerd);
    await play(client, { ...input, closed: true }, "i");
    const archive = "incidents/i/archive.ndjson.gz";
    const keys = await until(async () => {
      const found = await workerd.objects();
      return found.includes(archive) ? found : null;
    });
    ok(keys.length >= 2 && keys.every((key) => key.startsWith("incidents/i/")), keys.join());
    const about = await workerd.object("incidents/i/incident.json");
    deepEqual(JSON.parse(new TextDecoder().decode(about)), await client.getIncident("i"));
    const texts: string[] = [];
    for (const key of keys.filter((key) => key.endsWith(".gz"))) {
      texts.push(await gunzip(await workerd.object(key)));
    }
    equal(texts.join(""), await archiveOf(client));
    const report = await client.report("i");
    await client.deleteIncident("i");
    deepEqual(await workerd.objects(), []);
    await client.uploadArchive("i", new TextEncoder().encode(texts.join("")));
    deepEqual(await client.report("i"), report);
  } finally {
    await workerd.stop();
  }
});

Deno.test("equal packets, which all meet in one shard, are no more than it has memory for", async () => {
  const workerd = await startWorkerd({ limits: LIMITS, shards: 4, eventsPerShard: 100 });
  try {
    const client = clientOf(workerd);
    await client.createIncident({ id: "i" });
    for (let sequence = 0; sequence < 30; sequence++) {
      const flood = Array.from({ length: 10 }, (_, i) => hopLine(sequence * 10 + i, 1));
      await client.postBatch("i", body({ sequence }, ...flood, dropLine(sequence, 1)));
    }
    // The four together have room for all of it.
    equal((await client.getIncident("i")).counters.events, 330);
    const { events, evicted } = (await client.report("i")).accounting;
    ok(events >= 60 && events <= 120, `${events} events`);
    equal(events + evicted, 330);
    const { counters } = await client.getIncident("i");
    deepEqual([counters.events, counters.evicted], [events, evicted]);
    const archive = linesOf(await archiveOf(client));
    equal(archive.filter((line) => line.startsWith("drop")).length, 30, "drops are kept longest");
    equal(archive.filter((line) => !line.startsWith("{")).length, events);
  } finally {
    await workerd.stop();
  }
});

Deno.test("an archive of more than fits one call is read in pieces", async () => {
  const workerd = await startWorkerd({ limits: LIMITS, shards: 3 });
  try {
    const client = clientOf(workerd);
    await client.createIncident({ id: "i" });
    const perBatch = 9_000;
    for (let sequence = 0; sequence < 15; sequence++) {
      const hops = Array.from({ length: perBatch }, (_, i) => hopLine(i, i % 200));
      await client.postBatch("i", body({ sequence }, ...hops));
    }
    const text = await archiveOf(client);
    ok(text.length > 9_000_000, `${text.length} characters`);
    equal(linesOf(text).length, 15 * (perBatch + 1));
  } finally {
    await workerd.stop();
  }
});
