/** The report as programs read it: `docs/http.md` has the schema. */
import type { Report } from "../event/report.ts";
import type { Export } from "./export.ts";

/** Indented by two spaces, without a line break at the end. */
export const json = {
  format: "json",
  mediaType: "application/json",
  write: (report: Report) => JSON.stringify(report, null, 2),
} as const satisfies Export;
