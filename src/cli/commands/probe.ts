/** `lasthop probe`: this node's part of an incident that a shared ingest keeps. */
import { Option } from "commander";
import type { LasthopError } from "../../event/error.ts";
import type { Shipper } from "../../probe/ship/ship.ts";
import type { Ending } from "../capture/end.ts";
import {
  type CaptureFlags,
  type CaptureOptions,
  capturing,
  readCapture,
} from "../capture/options.ts";
import type { CommandFile } from "../command.ts";
import { HURRIED, stampOf } from "../kept/name.ts";
import { type Access, incidentOption, ingestOption } from "../options.ts";
import { NODE_NAME_CHARS_MAX, readName, usageError } from "../read_value.ts";
import { tokenFileOption, tokenOption } from "../token.ts";

interface Flags extends CaptureFlags, Access {
  incident: string;
  spool?: string;
  name?: string;
}

/** The options of `lasthop probe`. */
export interface ProbeOptions extends CaptureOptions, Access {
  incident: string;
  /** Folder; absent: one of the system's. */
  spool?: string;
  /** The node's name when `nodes` is empty; absent: the host's name. */
  name?: string;
}

/** The command. */
export const probe: CommandFile<[string[], Flags], ProbeOptions> = {
  declare: (program) =>
    capturing(program.command("probe"), "nowhere")
      .description("watch this node for a shared ingest")
      .addOption(ingestOption().makeOptionMandatory())
      .addOption(incidentOption("the incident to report to").makeOptionMandatory())
      .addOption(tokenOption())
      .addOption(tokenFileOption())
      .option("--spool <folder>", "where reports wait while the ingest is away")
      .addOption(
        new Option("--name <name>", "this node's name (default: the host's)")
          .argParser((text) => readName("--name", text, NODE_NAME_CHARS_MAX)),
      ),

  read(words, flags) {
    const { ingest, incident, token, spool, name } = flags;
    if (name !== undefined && flags.node !== undefined) {
      throw usageError(
        "Cannot use --name with --node: each --node names itself, must be one of them",
      );
    }
    // The page is the ingest's, so a probe listens only when told to.
    const own = readCapture(words, { ...flags, listen: flags.listen ?? false });
    return { ...own, ingest, incident, token, spool, name };
  },

  async run(options) {
    const { createEnding } = await import("../capture/end.ts");
    const ending = createEnding(() => {
      if (options.keeps) progress(HURRIED);
      Deno.exit(130);
    });
    try {
      return await report(options, ending);
    } finally {
      ending.close();
    }
  },
};

/** Bytes on disk. */
const SPOOL_BYTES_MAX = 256 * 1024 * 1024;

/** How long the last batches may take; then they wait in the spool for the next start. */
const DRAIN_MS = 5_000;

const progress = (text: string) => console.error(`lasthop: ${text}`);

async function report(options: ProbeOptions, ending: Ending): Promise<number> {
  const { capture, prepare } = await import("../capture/capture.ts");
  const { conclude } = await import("../capture/conclude.ts");
  const { openOwnPage } = await import("../capture/own_page.ts");
  const { RemoteIngest } = await import("../capture/remote_ingest.ts");
  const { Keeping } = await import("../kept/keeping.ts");
  const { spoolFolder } = await import("../capture/spool_folder.ts");
  const { Shipper } = await import("../../probe/ship/ship.ts");
  const { Spool } = await import("../../probe/ship/spool.ts");

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
      onReady: () => progress(`ready: reporting to ${options.ingest}, incident "${incident}"`),
      facts: { ingest: options.ingest, ...page.facts },
    });
    evict = (node, events) => session.evicted(node, events);
    await done;
  } finally {
    const archive = keeping.end();
    [isAllSent] = await Promise.all([
      drain(shipper, spool.options.directory, options),
      archive.then((path) => page.close(path)),
    ]);
  }
  const asksNothing = !options.json && options.archive === undefined && options.failOn.length === 0;
  try {
    if (!isAllSent) return 1;
    return asksNothing ? 0 : await conclude(options, remote.client, incident);
  } finally {
    // --archive has all nodes as the ingest has them; what this one saw is kept beside it.
    await keeping.tell();
  }
}

async function drain(
  shipper: Shipper,
  directory: string,
  { ingest }: ProbeOptions,
): Promise<boolean> {
  if (await shipper.drain(DRAIN_MS)) return true;
  progress(`not everything reached ${ingest}: the rest waits in ${directory} for the next start`);
  return false;
}
