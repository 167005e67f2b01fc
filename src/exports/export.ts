/** What a form is in which a report can be handed on. */
import type { Report } from "../event/report.ts";
import type { Form } from "../words/forms.ts";

/** One form: a file of this folder, and a line in the list of `mod.ts`. */
export interface Export {
  /** The name it is asked for by. */
  format: Form;
  /** Media type of the text (RFC 6838), for an answer over HTTP. */
  mediaType: string;
  /** The whole text, in UTF-8 when it is written. Pure: the same report gives the same text. */
  write(report: Report): string;
}
