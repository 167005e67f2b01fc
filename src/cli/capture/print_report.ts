/** A report on stdout. */
import { ALL, narrowed, type ReportFilter } from "../../event/filter/mod.ts";
import type { Report } from "../../event/report.ts";
import { exported } from "../../exports/mod.ts";
import { plural, renderReport, terminalOptions } from "../render/mod.ts";

/**
 * Prints what a filter leaves of a report on stdout: as JSON, or as text for this terminal, which says
 * how much that is.
 */
export function printReport(report: Report, json: boolean, filter: ReportFilter = ALL): void {
  const left = narrowed(report, filter);
  if (json) return console.log(exported(left, "json"));
  if (filter.kind !== "all") {
    console.log(`${left.flows.length} of ${plural(report.flows.length, "flow")} fit the filter`);
    if (left.flows.length === 0 && report.flows.length > 0) return;
  }
  console.log(renderReport(left, terminalOptions()));
}
