/** The end of a capture: its report, its archive, its exit code. */
import type { Report } from "../../event/report.ts";
import type { IngestClient } from "../../ingest/client/client.ts";
import type { LocalReports } from "./local_ingest.ts";
import { saveArchive } from "../asking/archive_file.ts";
import { quoted } from "../../analysis/rules/command.ts";
import type { CaptureOptions } from "./options.ts";
import { printReport } from "./print_report.ts";

/** Whom the report is asked of: an ingest of this process, where `reports` are, or any other. */
export interface Concluding {
  client: IngestClient;
  reports?: Pick<LocalReports, "report">;
}

/** Exit code of a capture whose report has an outcome of `--fail-on`. */
const EXIT_FAIL_ON = 4;

/**
 * Prints the report, writes the archive that was asked for, and resolves with the exit code: 4
 * when a flow or an exchange has an outcome of `--fail-on`, else 0. `fullCommand` tells a short report
 * whole; null: nothing does, so that it is told whole at once. Throws LasthopError `archive_failed`.
 */
export async function conclude(
  options: CaptureOptions,
  { client, reports = client }: Concluding,
  incident: string,
  fullCommand: string | null,
): Promise<number> {
  const report = await reports.report(incident);
  printReport(report, {
    format: options.json ? "json" : null,
    isFull: options.isFull || fullCommand === null,
    fullCommand: fullCommand ?? "",
  });
  // The archive is written after the report, so that the report is printed even when this fails.
  if (options.archive !== undefined) {
    await saveArchive(await client.downloadArchive(incident), options.archive);
  }
  return failsOn(report, options) ? EXIT_FAIL_ON : 0;
}

/** What tells the report of a trace whole, of what was kept of it; null when nothing was. */
export function replayCommand({ archive, keeps }: CaptureOptions): string | null {
  if (archive !== undefined) return `lasthop replay --full ${quoted([archive])}`;
  return keeps ? "lasthop replay --full" : null;
}

/** A flow or an exchange has an outcome of `--fail-on`. */
export function failsOn(
  { flows, exchanges }: Pick<Report, "flows" | "exchanges">,
  { failOn }: Pick<CaptureOptions, "failOn">,
): boolean {
  return [...flows, ...exchanges].some(({ outcome }) => failOn.includes(outcome));
}
