/** `lasthop replay`: an archive on the path of live data, into an ingest of its own. */
import type { ArchiveHeader } from "../../ingest/archive/archive.ts";
import type { LocalIngest } from "../capture/local_ingest.ts";
import type { Form } from "../../exports/mod.ts";
import type { CommandFile } from "../command.ts";
import {
  type FilterFlag,
  filterOption,
  type FormatFlags,
  formatOption,
  type FullFlag,
  fullOption,
  jsonOption,
  type ListenFlag,
  listenOption,
  otlpOption,
  readFormat,
  readListenFlag,
} from "../options.ts";
import type { ListenAddress } from "../read_value.ts";

interface Flags extends ListenFlag, FilterFlag, FormatFlags, FullFlag {}

/** The options of `lasthop replay`. */
export interface ReplayOptions extends FilterFlag {
  /** Absent: the archive that was kept last. */
  file?: string;
  /** Null: text for this terminal. */
  format: Form | null;
  /** A collector that is sent the problems. */
  otlp?: string;
  isFull: boolean;
  /** Null: no page. */
  listen: ListenAddress | null;
}

const progress = (text: string) => console.error(`lasthop: ${text}`);

/**
 * Exit code of a report from an archive that was cut: what it says is true, but data is missing.
 */
const EXIT_CUT = 1;

/** The command. */
export const replay: CommandFile<[string | undefined, Flags], ReplayOptions> = {
  declare: (program) =>
    program.command("replay")
      .description("open an archive again, on the same path as live data")
      .argument("[FILE]", "an archive (default: the one that was kept last)")
      .addOption(filterOption())
      .addOption(fullOption())
      .addOption(jsonOption())
      .addOption(formatOption())
      .addOption(otlpOption())
      .addOption(listenOption("127.0.0.1:4680, or a free port"))
      .option("--no-listen", "no page: print the report and end"),

  read: (file, flags) => ({
    file,
    filter: flags.filter,
    format: readFormat(flags),
    otlp: flags.otlp,
    isFull: flags.full ?? false,
    listen: readListenFlag(flags),
  }),

  async run(options) {
    const { archiveHeader } = await import("../asking/archive_file.ts");
    const { untilSignal } = await import("../asking/signal.ts");
    const { loadAssets } = await import("../capture/assets.ts");
    const { openLocalIngest, pageOf } = await import("../capture/local_ingest.ts");
    const { printHandedOn } = await import("../capture/print_handed_on.ts");
    const file = options.file ?? await lastFile();
    const header = await archiveHeader(file);
    const ingest = await openLocalIngest(pageAddress(options), () => loadAssets(progress));
    try {
      const missing = await importWhole(ingest, header, file);
      const fullCommand = "the same with --full";
      await printHandedOn(ingest.client, header.incident, { ...options, fullCommand });
      if (missing !== null) progress(missing);
      const page = pageOf(ingest, header.incident);
      if (page !== null) {
        progress(`page: ${page}`);
        progress("Ctrl-C ends");
        await untilSignal();
      }
      return missing === null ? 0 : EXIT_CUT;
    } finally {
      await ingest.stop();
    }
  },
};

/** The archive that was kept last; says which it is, and of when. */
async function lastFile(): Promise<string> {
  const { keptFolder } = await import("../kept/folder.ts");
  const { lastKept } = await import("../kept/last.ts");
  const { path, atMs, wasCut } = await lastKept(keptFolder((name) => Deno.env.get(name)));
  const at = new Date(atMs).toISOString().slice(0, 19).replace("T", " ");
  const cut = wasCut ? "; it was killed, so its end is missing" : "";
  progress(`opening what was kept last, ${at} UTC${cut}: ${path}`);
  return path;
}

/** Whether the page is served: only at a terminal, or when --listen names an address. */
function pageAddress({ listen, format }: ReplayOptions): ListenAddress | null {
  if (listen === null || !listen.anyPortIfBusy) return listen;
  return Deno.stdout.isTerminal() && format === null ? listen : null;
}

/** The whole batches of a cut archive are replayed, with a warning that the rest is missing. */
async function importWhole(
  { client }: LocalIngest,
  { incident }: ArchiveHeader,
  path: string,
): Promise<string | null> {
  const { openArchive } = await import("../asking/archive_file.ts");
  const { IngestError } = await import("../../ingest/mod.ts");
  const { plural } = await import("../render/mod.ts");
  const { Bar } = await import("../render/bar.ts");
  const upload = async (partial: boolean) => {
    const file = await openArchive(path);
    const { size } = await file.stat();
    const bar = new Bar("importing");
    let bytes = 0;
    const counted = new TransformStream<Uint8Array<ArrayBuffer>, Uint8Array<ArrayBuffer>>({
      transform(chunk, controller) {
        bytes += chunk.length;
        bar.now("importing", Math.min(1, bytes / size));
        controller.enqueue(chunk);
      },
    });
    try {
      return await client.uploadArchive(incident, file.readable.pipeThrough(counted), { partial });
    } finally {
      bar.close();
    }
  };
  try {
    await upload(false);
    return null;
  } catch (error) {
    if (!(error instanceof IngestError) || error.code !== "archive_cut") throw error;
    const { accepted, expected } = await upload(true);
    return `archive "${path}" is cut: ${accepted} of ${plural(expected, "batch", "batches")} ` +
      "are whole, and only they are in this report";
  }
}
