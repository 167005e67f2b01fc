/** `lasthop probe`: this node's part of an incident that a shared ingest keeps. */
import { LasthopError } from "../../event/error.ts";
import { Shipper } from "../../probe/ship/ship.ts";
import { Spool } from "../../probe/ship/spool.ts";
import { capture, prepare } from "../capture/capture.ts";
import { conclude } from "../capture/conclude.ts";
import { createEnding, type Ending } from "../capture/end.ts";
import { openOwnPage } from "../capture/own_page.ts";
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
  const prepared = await prepare(options, options.name ?? Deno.hostname());
  const { incident } = options;
  const remote = new RemoteIngest({ ...options, onNotice: progress });
  let evict = (_node: string, _events: number): void => {};
  const onEvicted = (node: string, events: number) => evict(node, events);
  const spool = await Spool.open({
    directory: options.spool ?? spoolFolder(incident, prepared.nodes),
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
  const page = await openOwnPage(options.listen, options, progress);
  let isAllSent = false;
  try {
    const { session, done } = await capture({
      ...prepared,
      options,
      incident,
      ending,
      progress,
      onBatch(batch) {
        shipper.push(batch);
        page.push(batch);
      },
      onReady: () => progress(`ready: reporting to ${options.ingest}, incident "${incident}"`),
      facts: { ingest: options.ingest },
    });
    evict = (node, events) => session.evicted(node, events);
    await done;
  } finally {
    [isAllSent] = await Promise.all([drain(shipper, spool, options), page.close()]);
  }
  if (!isAllSent) return 1;
  if (!options.json && options.archive === undefined && options.failOn.length === 0) return 0;
  return await conclude(options, remote.client, incident);
}

async function drain(shipper: Shipper, spool: Spool, { ingest }: ProbeOptions): Promise<boolean> {
  if (await shipper.drain(DRAIN_MS)) return true;
  const { directory } = spool.options;
  progress(`not everything reached ${ingest}: the rest waits in ${directory} for the next start`);
  return false;
}
