/** Why an answer was not translated back. */
import type { Evidence } from "../../../event/report.ts";

/** Why it was not translated, and what would change that. */
export interface Reason {
  text: string;
  confidence: "proven" | "likely" | "possible";
  evidence: Evidence[];
  remedy?: string[];
}
