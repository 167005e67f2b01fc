/** A report on stdout. */
import type { Report } from "../../event/report.ts";
import { exported } from "../../exports/mod.ts";
import { renderReport, terminalOptions } from "../render/mod.ts";

/** Prints a report on stdout: as JSON, or as text for this terminal. */
export function printReport(report: Report, json: boolean): void {
  console.log(json ? exported(report, "json") : renderReport(report, terminalOptions()));
}
