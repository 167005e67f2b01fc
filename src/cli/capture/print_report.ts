/** A report on stdout: JSON alone, or for a person. */
import type { Report } from "../../event/report.ts";

export function printReport(report: Report, json: boolean): void {
  console.log(JSON.stringify(report, null, json ? 2 : 0));
}
