/** A report on stdout. */
import { ALL, narrowed, type ReportFilter } from "../../event/filter/mod.ts";
import type { Report } from "../../event/report.ts";
import { exported, type Format } from "../../exports/mod.ts";
import { plural, renderReport, terminalOptions } from "../render/mod.ts";

/**
 * Prints what a filter leaves of a report on stdout: in a form to hand on, or (null) as text for this
 * terminal, which says how much that is.
 */
export function printReport(
  report: Report,
  format: Format | null,
  filter: ReportFilter = ALL,
): void {
  const left = narrowed(report, filter);
  // A form of text ends with a line break already.
  if (format !== null) return console.log(exported(left, format).replace(/\n$/, ""));
  if (filter.kind !== "all") {
    console.log(`${left.flows.length} of ${plural(report.flows.length, "flow")} fit the filter`);
    if (left.flows.length === 0 && report.flows.length > 0) return;
  }
  console.log(renderReport(left, terminalOptions()));
}
