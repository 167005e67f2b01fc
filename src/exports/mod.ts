/** The list of forms in which a report can be handed on. */
import type { Report } from "../event/report.ts";
import type { Export } from "./export.ts";
import { json } from "./json.ts";
import { junit } from "./junit.ts";
import { markdown } from "./markdown.ts";
import { otlp } from "./otlp.ts";
import { PCAPNG } from "./pcapng/mod.ts";

export type { Export } from "./export.ts";
export { PCAPNG, pcapng, type SeenBatch } from "./pcapng/mod.ts";

/** In the order in which they are offered. */
export const EXPORTS = [json, markdown, junit, otlp] as const satisfies readonly Export[];

/** Name of an export that is text made of the report alone. */
export type Format = typeof EXPORTS[number]["format"];

/** All forms by their names: those, and the capture file, which is made of events, too. */
export const FORMS = [...EXPORTS.map(({ format }) => format), PCAPNG.format] as const;

/** Name of a form in which an incident can be handed on. */
export type Form = Format | typeof PCAPNG.format;

/** The report in the form of that name. */
export function exported(report: Report, format: Format): string {
  // A name of this type is in the list, which the type is made of.
  const [first, ...others] = EXPORTS;
  return (others.find((form: Export) => form.format === format) ?? first).write(report);
}
