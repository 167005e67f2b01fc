/** `lasthop probe`: this node's part of an incident that a shared ingest keeps. */
import { LasthopError } from "../../event/error.ts";
import { resolveNodes } from "../../probe/nodes.ts";
import { Shipper } from "../../probe/ship.ts";
import { Spool } from "../../probe/spool.ts";
import { capture } from "../capture/capture.ts";
import { conclude } from "../capture/conclude.ts";
import { createEnding, type Ending } from "../capture/end.ts";
import { removeReadyFile } from "../capture/ready_file.ts";
import { RemoteIngest } from "../capture/remote_ingest.ts";
import { spoolFolder } from "../capture/spool_folder.ts";
import type { ProbeOptions } from "../options.ts";

const SPOOL_BYTES_MAX = 256 * 1024 * 1024;

/** How long the last batches may take; then they wait in the spool for the next start. */
const DRAIN_MS = 5_000;

export async function run(options: ProbeOptions): Promise<number> {
  const ending = createEnding(() => Deno.exit(130));
  try {
    return await probe(options, ending);
  } finally {
    ending.close();
  }
}

const progress = (text: string) => console.error(`lasthop: ${text}`);

async function probe(options: ProbeOptions, ending: Ending): Promise<number> {
  const nodes = await resolveNodes(options.nodes, options.name ?? Deno.hostname());
  if (options.readyFile !== undefined) await removeReadyFile(options.readyFile);
  const { incident } = options;
  const remote = new RemoteIngest({ ...options, onNotice: progress });
  let evict = (_node: string, _events: number): void => {};
  const onEvicted = (node: string, events: number) => evict(node, events);
  const spool = await Spool.open({
    directory: options.spool ?? spoolFolder(incident, nodes),
    bytesMax: SPOOL_BYTES_MAX,
    onEvicted,
  });
  if (spool.files.length > 0) progress("sending what an earlier run left…");
  const shipper = new Shipper({
    send: (text, signal) => remote.send(text, signal),
    spool,
    onNotice: progress,
    onEvicted,
  });
  const refused = (failure: LasthopError) => ending.failed(failure, { fatal: true });
  void remote.check().catch(refused);
  void shipper.failure.then(refused);
  try {
    const { session, done } = await capture({
      options,
      nodes,
      incident,
      ending,
      progress,
      onBatch: (batch) => shipper.push(batch),
      onReady: () => progress(`ready: reporting to ${options.ingest}, incident "${incident}"`),
      facts: { ingest: options.ingest },
    });
    evict = (node, events) => session.evicted(node, events);
    await done;
  } finally {
    await drain(shipper, spool, options);
  }
  if (!options.json && options.archive === undefined && options.failOn.length === 0) return 0;
  return await conclude(options, remote.client, incident);
}

async function drain(shipper: Shipper, spool: Spool, { ingest }: ProbeOptions): Promise<void> {
  if (await shipper.drain(DRAIN_MS)) return;
  const { directory } = spool.options;
  progress(`not everything reached ${ingest}: the rest waits in ${directory} for the next start`);
}
