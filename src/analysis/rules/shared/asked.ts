/** What became of a question for a link address (ARP, neighbour discovery), as a finding tells it. */
import type { CauseCode } from "../../../event/codes.ts";
import type { Cause, Evidence } from "../../../event/report.ts";

/** What is known of who has the address that was asked for. */
export interface Asked {
  /** Ends a sentence: who has it, and what the question came to there. Empty when nobody has it. */
  text: string;
  evidence: Evidence[];
  remedy: string[];
  /** It never left who asks: then `text` is a sentence by itself. */
  isUnsent?: boolean;
  /** How sure the cause of that death is; absent: as sure as that it died. */
  confidence?: Cause["confidence"];
  /** The cause, where what became of the question has one of its own. */
  code?: CauseCode;
}
