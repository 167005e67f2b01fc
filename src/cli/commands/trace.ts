/** `lasthop trace`: one machine, one step. Probe, ingest and page in one process. */
import type { Report } from "../../event/report.ts";
import { startSession } from "../../probe/session.ts";
import { resolveNodes } from "../../probe/nodes.ts";
import { loadAssets } from "../capture/assets.ts";
import { Delivery } from "../capture/delivery.ts";
import { createEnding } from "../capture/end.ts";
import { type LocalIngest, openLocalIngest } from "../capture/local_ingest.ts";
import { removeReadyFile, writeReadyFile } from "../capture/ready_file.ts";
import type { TraceOptions } from "../options.ts";

export async function run(options: TraceOptions): Promise<number> {
  const progress = (text: string) => console.error(`lasthop: ${text}`);
  const ending = createEnding(() => Deno.exit(130));
  try {
    const nodes = await resolveNodes(options.nodes, Deno.hostname());
    if (options.readyFile !== undefined) await removeReadyFile(options.readyFile);
    const incident = incidentName(new Date());
    const ingest = await openLocalIngest(options.listen, () => loadAssets(progress));
    try {
      await ingest.client.createIncident({ id: incident, title: "trace", filter: options.filter });
      const delivery = new Delivery(ingest.client, incident);
      const session = await startSession({
        nodes,
        filter: options.filter,
        incident,
        onBatch: (batch) => delivery.push(batch),
        onProgress: progress,
      });
      void session.failure.then(ending.failed);
      const begun = await Promise.race([session.ready.then(() => true), ending.ended]);
      if (begun === true) {
        if (options.readyFile !== undefined) {
          await writeReadyFile(options.readyFile, { pid: Deno.pid, incident, url: ingest.url });
        }
        if (ingest.url !== null) progress(`page: ${ingest.url}/incidents/${incident}`);
        progress("ready: send your traffic");
        ending.startTime(options.forSeconds);
        const end = await ending.ended;
        if (end.by === "failure") progress(end.failure.message);
      }
      progress("ending…");
      await session.stop();
      if (begun !== true) await session.ready;
      await delivery.drain();
      return await conclude(options, ingest, incident);
    } finally {
      await ingest.stop();
    }
  } finally {
    ending.close();
  }
}

async function conclude(
  options: TraceOptions,
  { client }: LocalIngest,
  incident: string,
): Promise<number> {
  await client.closeIncident(incident);
  const report = await client.report(incident);
  if (options.archive !== undefined) {
    const file = await Deno.open(options.archive, { write: true, create: true, truncate: true });
    await (await client.downloadArchive(incident)).pipeTo(file.writable);
  }
  console.log(options.json ? JSON.stringify(report, null, 2) : JSON.stringify(report));
  return failsOn(report, options) ? 4 : 0;
}

function failsOn({ flows }: Report, { failOn }: TraceOptions): boolean {
  return flows.some(({ outcome }) => failOn.includes(outcome));
}

/** `trace-20260726-101530-4f2a`: sorts by time, and is not guessed. */
function incidentName(now: Date): string {
  const stamp = now.toISOString().slice(0, 19).replaceAll(/[-:]/g, "").replace("T", "-");
  return `trace-${stamp}-${crypto.randomUUID().slice(0, 4)}`;
}
