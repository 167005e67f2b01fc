/** What Cloudflare would count of an incident, counted here. Prices are in docs/deploy.md. */
import { DatabaseSync } from "node:sqlite";
import { startWorkerd } from "../../deploy/workerd_server.ts";
import { pings } from "./pings.ts";
import { postAll } from "./post.ts";
import { usageOf } from "./usage.ts";

const ENTRY = new URL("counting_worker.ts", import.meta.url).pathname;
const TOKEN = "operator-of-this-bench";

interface Counts {
  requests: number;
  rowsRead: number;
  rowsWritten: number;
}

export interface Billed {
  /** Of one batch, as an average. */
  batch: Counts & { cpuMs: number; storedBytes: number };
  /** Of one report of them all. */
  report: Counts & { cpuMs: number };
}

/** `senders`: how many post at once, each one body after the other. */
export async function billed(
  shards: number,
  eventsPerBatch: number,
  senders = 1,
): Promise<Billed> {
  const data = await Deno.makeTempDir({ prefix: "lasthop-bench-" });
  const server = await startWorkerd({ data, token: TOKEN, shards, entry: ENTRY });
  try {
    const headers = { authorization: `Bearer ${TOKEN}`, "content-type": "application/json" };
    const asked = async (path: string, init: RequestInit = {}) => {
      const response = await fetch(`${server.url}${path}`, { ...init, headers });
      const text = await response.text();
      if (!response.ok) throw new Error(`Cannot ask ${path}: ${text}`);
      return text;
    };
    const counts = async () => JSON.parse(await asked("/counts")) as Counts;
    await asked("/v1/incidents", { method: "POST", body: '{"id":"i"}' });
    await counts();
    const before = await usageOf(server.pid);
    const shape = { incident: "i", nodes: 20, flows: 200, events: 100 * senders * eventsPerBatch };
    const { requests } = await postAll(
      { url: server.url, token: TOKEN },
      "i",
      pings({ ...shape, eventsPerBatch }),
      senders,
    );
    const each = (what: number) => what / requests;
    const taken = await counts();
    const after = await usageOf(server.pid);
    await asked("/v1/incidents/i/report");
    const report = await counts();
    const last = await usageOf(server.pid);
    await server.kill();
    const size = await sizeOf(`${data}/objects`);
    return {
      batch: {
        requests: each(taken.requests),
        rowsRead: each(taken.rowsRead),
        rowsWritten: each(taken.rowsWritten),
        cpuMs: each(after.cpuMs - before.cpuMs),
        storedBytes: each(size),
      },
      report: { ...report, cpuMs: last.cpuMs - after.cpuMs },
    };
  } finally {
    await server.kill();
    await Deno.remove(data, { recursive: true });
  }
}

/** Of databases, with what was still in their logs. */
async function sizeOf(folder: string): Promise<number> {
  let bytes = 0;
  for await (const { name, isDirectory } of Deno.readDir(folder)) {
    const path = `${folder}/${name}`;
    if (isDirectory) bytes += await sizeOf(path);
    if (!name.endsWith(".sqlite")) continue;
    const database = new DatabaseSync(path);
    database.exec("PRAGMA wal_checkpoint(TRUNCATE)");
    database.close();
    bytes += (await Deno.stat(path)).size;
  }
  return bytes;
}
