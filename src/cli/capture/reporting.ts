/** A node's part of an incident that a shared ingest keeps: from its options to its last batch. */
import type { LasthopError } from "../../event/error.ts";
import { Shipper } from "../../probe/ship/ship.ts";
import { Spool } from "../../probe/ship/spool.ts";
import { Keeping } from "../kept/keeping.ts";
import { HURRIED, stampOf } from "../kept/name.ts";
import { capture, prepare } from "./capture.ts";
import { quoted } from "../../analysis/rules/command.ts";
import { conclude } from "./conclude.ts";
import { createEnding, type Ending } from "./end.ts";
import { openOwnPage } from "./own_page.ts";
import { RemoteIngest } from "./remote_ingest.ts";
import type { ReportingOptions } from "./reporting_options.ts";
import { askIngest } from "./served_names.ts";
import { spoolFolder } from "./spool_folder.ts";
import { tetherLost } from "./tether.ts";

/** Bytes on disk. */
const SPOOL_BYTES_MAX = 256 * 1024 * 1024;

/** How long the last batches may take; then they wait in the spool for the next start. */
const DRAIN_MS = 5_000;

const progress = (text: string) => console.error(`lasthop: ${text}`);

/**
 * Watches this node until it is told to end, and resolves with the exit code. Throws LasthopError for
 * what keeps it from tracing, and for an ingest that refuses it.
 */
export async function reportTo(options: ReportingOptions): Promise<number> {
  const ending = createEnding(() => {
    if (options.keeps) progress(HURRIED);
    Deno.exit(130);
  });
  if (options.tether) void tetherLost(Deno.stdin.readable).then(ending.letGo);
  try {
    return await report(options, ending);
  } finally {
    ending.close();
  }
}

async function report(options: ReportingOptions, ending: Ending): Promise<number> {
  const prepared = await prepare(options, options.name ?? Deno.hostname());
  const { incident } = options;
  let quietMs = 0;
  let pace = (ms: number): void => void (quietMs = ms);
  const onPace = (ms: number) => pace(ms);
  let tellDifferences = (_taken: boolean): void => {};
  const onStateDifferences = (taken: boolean) => tellDifferences(taken);
  const hooks = { onNotice: progress, onPace, onStateDifferences };
  const remote = new RemoteIngest({ ...options, ...hooks });
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
  const secret = remote.secret();
  void shipper.failure.then(refused);
  const page = await openOwnPage(options.listen, options, progress);
  const now = new Date();
  const keeping = await Keeping.start({
    keeps: options.keeps,
    name: `${incident}-${stampOf(now)}`,
    about: {
      incident,
      title: `what ${prepared.nodes.map(({ name }) => name).join(", ")} saw`.slice(0, 200),
      filter: options.filter,
      createdMs: now.getTime(),
    },
    progress,
  });
  void ending.ended.then(() => keeping.flush());
  let isAllSent = false;
  let isWhole = false;
  try {
    const { session, done } = await capture({
      ...prepared,
      options,
      incident,
      ending,
      progress,
      onBatch(batch) {
        keeping.push(batch);
        shipper.push(batch);
        page.push(batch);
      },
      isBehind: () => shipper.isBehind,
      secret: await secret ?? secretText(options),
      askNames: () => askIngest({ client: remote.client, incident, filter: options.filter }),
      onReady: () => progress(`ready: reporting to ${options.ingest}, incident "${incident}"`),
      facts: { ingest: options.ingest, ...page.facts },
    });
    evict = (node, events) => session.evicted(node, events);
    pace = (ms) => session.pace(ms);
    pace(quietMs);
    tellDifferences = (taken) => session.tellDifferences(taken);
    await done;
    isWhole = true;
  } finally {
    const archive = keeping.end();
    [isAllSent] = await Promise.all([
      drain(shipper, spool.options.directory, options),
      archive.then((path) => page.close(path)),
    ]);
    // Whoever is refused from here on, as by an incident that was closed, has this alone.
    if (!isWhole) await keeping.tell();
  }
  const asksNothing = !options.json && options.archive === undefined && options.failOn.length === 0;
  try {
    if (!isAllSent) return 1;
    // What is kept here is what this node saw, and the report is of all nodes.
    const full = quoted(["lasthop", "report", "--full", incident, "--ingest", options.ingest]);
    return asksNothing ? 0 : await conclude(options, remote, incident, full);
  } finally {
    // --archive has all nodes as the ingest has them; what this one saw is kept beside it.
    await keeping.tell();
  }
}

/**
 * Where the ingest has no secret for the incident: what others know that report with the same token, or
 * that joined by the same code.
 */
function secretText({ incident, token, code }: ReportingOptions): string | undefined {
  const shared = code ?? token;
  return shared === undefined ? undefined : `${incident}\n${shared}`;
}

async function drain(
  shipper: Shipper,
  directory: string,
  { ingest }: ReportingOptions,
): Promise<boolean> {
  if (await shipper.drain(DRAIN_MS)) return true;
  progress(
    shipper.isRefused
      ? `not everything reached ${ingest}, which refuses it: the rest is kept in ${directory}`
      : `not everything reached ${ingest}: the rest waits in ${directory} for the next start`,
  );
  return false;
}
