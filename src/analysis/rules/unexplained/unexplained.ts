/** A drop of which only the kernel's own words are known. */
import { givesReason } from "../../kernel/free_reason.ts";
import { eventEvidence, place } from "../evidence.ts";
import { cause, type Rule } from "../rule.ts";

/** Dropped, and nothing more is known. */
export const unexplained: Rule = {
  id: "R99",
  statement:
    "Dropped, and no rule explains it: `unexplained`, with the kernel's reason and function.",
  yields: ["unexplained"],
  judge(subject) {
    const { event } = subject;
    if (subject.judgement.outcome !== "dropped") return null;
    const said = givesReason(event) ? `reason ${event.reason}` : "no reason";
    return cause(
      "unexplained",
      "proven",
      `the kernel freed it in ${event.function ?? "an unnamed function"} at ${
        place(subject)
      } and gave ${said}`,
      [eventEvidence(subject)],
    );
  },
};
