/** What a rule is, and how it says what it found. It answers by proof or deduction, or not at all. */
import type { CauseCode } from "../../event/codes.ts";
import type { Cause, Evidence } from "../../event/report.ts";
import type { Case } from "./case.ts";

/** The words of a rule, as docs/rules.md prints them. */
export interface RuleText {
  /** Never changes, and is never given to another rule. A finding carries it. */
  id: string;
  /** The heading's words behind the id, in the pages where rules have a heading. */
  title?: string;
  /** When the rule answers and with what: one paragraph of Markdown. */
  statement: string;
  /** The codes it may answer with. */
  yields: readonly CauseCode[];
}

/** What a rule found; which rule it was is told with it. */
export type Finding = Omit<Cause, "rule">;

/** A rule about a packet. */
export interface Rule extends RuleText {
  /** The cause of how this packet ended, or null when the rule has nothing to say of it. */
  judge(subject: Case): Finding | null;
}

/** A finding, without the rule that made it. A remedy without commands is left out. */
export function cause(
  code: CauseCode,
  confidence: Cause["confidence"],
  sentence: string,
  evidence: Evidence[],
  remedy?: string[],
): Finding {
  return { code, confidence, sentence, evidence, ...(remedy?.length ? { remedy } : {}) };
}
