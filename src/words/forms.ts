/** The forms in which a report can be handed on, as they are offered. */

/** In the order in which they are offered; `file` is how the name of such a file ends. */
export const FORM_TEXTS = [
  { format: "md", file: "md", what: "Markdown, for a ticket" },
  { format: "html", file: "html", what: "one page with the drawings, which needs no server" },
  { format: "json", file: "json", what: "the report, for programs" },
  { format: "junit", file: "xml", what: "JUnit's XML, for a build server" },
  { format: "pcapng", file: "pcapng", what: "the headers that were seen, for Wireshark" },
  { format: "otlp", file: "otlp.json", what: "OpenTelemetry logs, one for each problem" },
] as const;

/** Name of a form in which an incident can be handed on. */
export type Form = typeof FORM_TEXTS[number]["format"];

/** `checkout.html`: what a file of this form is called. */
export function fileName(incident: string, format: Form): string {
  const file = FORM_TEXTS.find((one) => one.format === format)?.file ?? format;
  return `${incident.replaceAll(/[^\w.-]/g, "_").slice(0, 100)}.${file}`;
}
