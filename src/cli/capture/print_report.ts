/** A report on stdout: JSON alone, or for a person. */
import type { Report } from "../../event/report.ts";
import { renderReport, terminalOptions } from "../render/mod.ts";

export function printReport(report: Report, json: boolean): void {
  console.log(json ? JSON.stringify(report, null, 2) : renderReport(report, terminalOptions()));
}
