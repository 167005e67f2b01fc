/** The list of forms in which a report can be handed on. */
import type { Report } from "../event/report.ts";
import { type Form, FORM_TEXTS } from "../words/forms.ts";
import type { Export } from "./export.ts";
import { html } from "./html/mod.ts";
import { json } from "./json.ts";
import { junit } from "./junit.ts";
import { markdown } from "./markdown.ts";
import { otlp } from "./otlp.ts";

export type { Export } from "./export.ts";
export { PCAPNG, pcapng, type SeenBatch } from "./pcapng/mod.ts";
export { fileName, type Form } from "../words/forms.ts";

/** What is made of the report alone, as text. */
export const EXPORTS = [markdown, html, json, junit, otlp] as const satisfies readonly Export[];

/** Name of an export that is text made of the report alone. */
export type Format = typeof EXPORTS[number]["format"];

/** All forms by their names: those, and the capture file, which is made of events, too. */
export const FORMS: readonly Form[] = FORM_TEXTS.map(({ format }) => format);

/** The report in the form of that name. */
export function exported(report: Report, format: Format): string {
  // A name of this type is in the list, which the type is made of.
  const [first, ...others] = EXPORTS;
  return (others.find((form: Export) => form.format === format) ?? first).write(report);
}
