/** `lasthop replay`: an archive on the path of live data, into an ingest of its own. */
import { IngestError } from "../../ingest/mod.ts";
import type { ArchiveHeader } from "../../ingest/archive.ts";
import { archiveHeader, openArchive } from "../asking/archive_file.ts";
import { untilSignal } from "../asking/signal.ts";
import { loadAssets } from "../capture/assets.ts";
import { type LocalIngest, openLocalIngest } from "../capture/local_ingest.ts";
import { printReport } from "../capture/print_report.ts";
import type { ListenAddress, ReplayOptions } from "../options.ts";
import { plural } from "../render/mod.ts";

const progress = (text: string) => console.error(`lasthop: ${text}`);

/** Exit code of a report from an archive that was cut: it is true, and not whole. */
const EXIT_CUT = 1;

export async function run(options: ReplayOptions): Promise<number> {
  const header = await archiveHeader(options.file);
  const ingest = await openLocalIngest(pageAddress(options), () => loadAssets(progress));
  try {
    const missing = await importWhole(ingest, header, options.file);
    printReport(await ingest.client.report(header.incident), options.json);
    if (missing !== null) progress(missing);
    if (ingest.url !== null) {
      progress(`page: ${ingest.url}/incidents/${encodeURIComponent(header.incident)}`);
      if (ingest.token !== null) progress(`from other machines with this token: ${ingest.token}`);
      progress("Ctrl-C ends");
      await untilSignal();
    }
    return missing === null ? 0 : EXIT_CUT;
  } finally {
    await ingest.stop();
  }
}

/** Nobody looks at a page behind a script's back: it needs a person, or the address by name. */
function pageAddress({ listen, json }: ReplayOptions): ListenAddress | null {
  if (listen === null || !listen.anyPortIfBusy) return listen;
  return Deno.stdout.isTerminal() && !json ? listen : null;
}

/** What is whole of a cut archive is better than nothing, as long as it is said. */
async function importWhole(
  { client }: LocalIngest,
  { incident }: ArchiveHeader,
  path: string,
): Promise<string | null> {
  const upload = async (partial: boolean) => {
    const file = await openArchive(path);
    return await client.uploadArchive(incident, file.readable, { partial });
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
