/** One stream of events, one report: on every store, every runtime, any number of shards. */
import { deepEqual, equal, ok } from "node:assert/strict";
import type { AnalysisInput } from "../../src/analysis/mod.ts";
import { createClient } from "../../src/ingest/client/client.ts";
import { startIngest } from "../../src/ingest/deno.ts";
import { inputOf } from "../spec/form/batches.ts";
import { parseSpec } from "../spec/form/spec.ts";
import { inPieces } from "../increment/pieces.ts";
import { Random } from "../sim/random.ts";
import { tellingOf } from "../sim/run.ts";
import { play } from "./stream.ts";
import { startWorkerd } from "./workerd.ts";

interface Running {
  url: string;
  stop(): Promise<void>;
}

const rootToken = "root-token-of-a-test";
const SHARDS = [1, 2, 8];

async function startDeno(dataDir: string | undefined): Promise<Running> {
  const listen = { hostname: "127.0.0.1", port: 0 };
  const limits = { requestsPerSecond: 100_000, requestsBurst: 100_000 };
  return await startIngest({
    listen,
    dataDir,
    rootToken,
    allowLoopbackWithoutToken: false,
    limits,
  });
}

/** As the ingest answers it, but for the incident's name. */
async function reportOf({ url }: Running, input: AnalysisInput, id: string, shards?: number) {
  const client = createClient({ url, token: rootToken });
  await play(client, input, id, shards === undefined ? {} : { shards });
  const headers = { authorization: `Bearer ${rootToken}` };
  const response = await fetch(`${url}/v1/incidents/${id}/report`, { headers });
  const text = await response.text();
  equal(response.status, 200, text);
  await client.deleteIncident(id);
  return text.replace(`"incident":"${id}"`, '"incident":"same"');
}

/** Reports while it comes, after each few batches. */
async function reportsOf({ url }: Running, input: AnalysisInput, id: string, shards?: number) {
  const client = createClient({ url, token: rootToken });
  const headers = { authorization: `Bearer ${rootToken}` };
  const reports: string[] = [];
  const sent = async (count: number) => {
    if (count % 3 !== 0) return;
    const response = await fetch(`${url}/v1/incidents/${id}/report`, { headers });
    reports.push((await response.text()).replace(`"incident":"${id}"`, '"incident":"same"'));
  };
  await play(client, input, id, { ...(shards === undefined ? {} : { shards }), sent });
  await client.deleteIncident(id);
  return reports;
}

/** Reports of the inputs on everything there is, compared with that from memory. */
async function compare(inputs: Map<string, AnalysisInput>): Promise<void> {
  const dataDir = await Deno.makeTempDir();
  const memory = await startDeno(undefined);
  const sqlite = await startDeno(dataDir);
  const limits = { requestsPerSecond: 100_000, requestsBurst: 100_000, recomputeMinMs: 0 };
  const workerd = await startWorkerd({ limits });
  try {
    let flows = 0;
    let number = 0;
    for (const [name, input] of inputs) {
      const id = `i-${number++}`;
      // Two programs: one works while the other does.
      const [report, stored, ...there] = await Promise.all([
        reportOf(memory, input, id),
        reportOf(sqlite, input, id),
        ...SHARDS.map((shards) => reportOf(workerd, input, `${id}-${shards}`, shards)),
      ]);
      flows += JSON.parse(report).flows.length;
      equal(stored, report, `${name}, SQLite`);
      for (const [i, shards] of SHARDS.entries()) {
        equal(there[i], report, `${name}, workerd with ${shards} shards`);
      }
    }
    ok(flows > inputs.size, `${flows} flows`);
  } finally {
    await Promise.all([memory.stop(), sqlite.stop(), workerd.stop()]);
    await Deno.remove(dataDir, { recursive: true });
  }
}

Deno.test("simulated incidents have the same report on memory, SQLite and workerd", async () => {
  const seeds = Array.from({ length: 12 }, (_, i) => i + 1);
  await compare(new Map(seeds.map((seed) => [`seed ${seed}`, tellingOf(seed, null).input])));
});

Deno.test("specified incidents have the same report on memory, SQLite and workerd", async () => {
  const folder = new URL("../spec/outcome/", import.meta.url).pathname;
  const inputs = new Map<string, AnalysisInput>();
  for (const { name } of Deno.readDirSync(folder)) {
    if (!name.endsWith(".txt")) continue;
    const path = `test/spec/outcome/${name}`;
    inputs.set(path, inputOf(parseSpec(Deno.readTextFileSync(`${folder}${name}`), path)));
  }
  deepEqual(inputs.size > 10, true);
  await compare(inputs);
});

Deno.test("[D5] an incident that grows has the same reports on workerd, whose shards tell only what is other", async () => {
  const limits = { requestsPerSecond: 100_000, requestsBurst: 100_000, recomputeMinMs: 0 };
  const memory = await startDeno(undefined);
  const workerd = await startWorkerd({ limits });
  try {
    let count = 0;
    for (const seed of [21, 22, 23, 24]) {
      const { input } = tellingOf(seed, null);
      const pieces = inPieces(input.batches, new Random(seed))
        .sort((a, b) => a.header.sequence - b.header.sequence);
      const told = { ...input, batches: pieces };
      const few = [1, 3];
      const [reports, ...others] = await Promise.all([
        reportsOf(memory, told, `m-${seed}`),
        ...few.map((shards) => reportsOf(workerd, told, `w-${seed}-${shards}`, shards)),
      ]);
      count += reports.length;
      for (const [at, there] of others.entries()) {
        for (const [i, report] of reports.entries()) {
          equal(there[i], report, `seed ${seed}, ${few[at]} shards, report ${i + 1}`);
        }
      }
    }
    ok(count > 20, `${count} reports`);
  } finally {
    await Promise.all([memory.stop(), workerd.stop()]);
  }
});
