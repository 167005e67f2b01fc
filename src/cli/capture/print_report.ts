/** A report on stdout. */
import { ALL, narrowed, type ReportFilter } from "../../event/filter/mod.ts";
import type { Report } from "../../event/report.ts";
import { exported, type Format } from "../../exports/mod.ts";
import { plural, type RenderOptions, renderReport, terminalOptions } from "../render/mod.ts";

/** How a report is printed. */
export interface Printing extends Pick<RenderOptions, "isFull" | "fullCommand"> {
  /** A form to hand on; null: text for this terminal, which says how much the filter leaves. */
  format: Format | null;
  /** Absent: all of it. */
  filter?: ReportFilter;
}

/** Prints what a filter leaves of a report on stdout. */
export function printReport(
  report: Report,
  { format, filter = ALL, isFull, fullCommand }: Printing,
): void {
  const left = narrowed(report, filter);
  // A form of text ends with a line break already.
  if (format !== null) return console.log(exported(left, format).replace(/\n$/, ""));
  if (filter.kind !== "all") {
    console.log(`${left.flows.length} of ${plural(report.flows.length, "flow")} fit the filter`);
    if (left.flows.length === 0 && report.flows.length > 0) return;
  }
  console.log(renderReport(left, { ...terminalOptions(), isFull, fullCommand }));
}
