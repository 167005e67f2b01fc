/** The end of a capture: its report, its archive, its exit code. */
import type { Report } from "../../event/report.ts";
import { LasthopError } from "../../event/error.ts";
import type { IngestClient } from "../../ingest/client.ts";
import type { CaptureOptions } from "../options.ts";
import { printReport } from "./print_report.ts";

/** Exit code of a capture whose report has an outcome of `--fail-on`. */
const EXIT_FAIL_ON = 4;

export async function conclude(
  options: CaptureOptions,
  client: IngestClient,
  incident: string,
): Promise<number> {
  const report = await client.report(incident);
  printReport(report, options.json);
  // After the report: an archive that cannot be written must not cost it.
  if (options.archive !== undefined) await writeArchive(options.archive, client, incident);
  return failsOn(report, options) ? EXIT_FAIL_ON : 0;
}

function failsOn({ flows }: Report, { failOn }: CaptureOptions): boolean {
  return flows.some(({ outcome }) => failOn.includes(outcome));
}

/** Whole or not there, beside what was there before. */
async function writeArchive(path: string, client: IngestClient, incident: string): Promise<void> {
  const fresh = `${path}.${crypto.randomUUID().slice(0, 8)}`;
  try {
    const archive = await client.downloadArchive(incident);
    const file = await Deno.open(fresh, { write: true, createNew: true });
    await archive.pipeTo(file.writable);
    await Deno.rename(fresh, path);
  } catch (error) {
    await Deno.remove(fresh).catch(() => {});
    if (error instanceof LasthopError) throw error;
    const why = error instanceof Error ? error.message : String(error);
    throw new LasthopError(
      "archive_failed",
      `Cannot write archive "${path}": ${why}, must be a file in a folder with room`,
    );
  }
}
