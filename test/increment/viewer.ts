/** Who is told what is other in each report, and puts the report together from that. */
import type { Report } from "../../src/event/report.ts";
import { ReportText } from "../../src/ingest/live/report_text.ts";
import { ReportTeller, spelled } from "../../src/ingest/live/spelled.ts";

/** A viewer of one incident. */
export class Viewer {
  readonly #teller = new ReportTeller();
  #text: ReportText | null = null;

  /** Tells it of the next report; gives that as it has it then, as JSON. */
  told(report: Report): string {
    const change = this.#teller.next(report);
    if (this.#text !== null && change !== null) this.#text.apply(change);
    else this.#text = new ReportText(spelled(report));
    return this.#text.json();
  }
}
