/** R13: causes that the kernel's reason names by itself. Each has a rule in its own folder. */
import type { CauseCode } from "../../../event/codes.ts";
import type { Evidence } from "../../../event/report.ts";
import type { Sighting } from "../../view/timeline.ts";
import type { Case } from "../case.ts";
import { eventEvidence } from "../evidence.ts";
import { cause, type Rule } from "../rule.ts";

/** What one cause adds to R13. */
export interface NamedReason {
  code: CauseCode;
  /** The kernel's reason is one of this cause's. */
  holds: (event: Sighting) => boolean;
  /** The finding's sentence. */
  says: (subject: Case) => string;
  /** What was read on the node about it, besides the drop itself. */
  read?: (subject: Case) => Evidence[];
  remedy?: (subject: Case) => string[];
}

/** The rule R13 for one cause. Reasons of two causes never overlap, so their order is free. */
export function namedReason({ code, holds, says, read, remedy }: NamedReason): Rule {
  return {
    id: "R13",
    statement:
      "The kernel's reason names the cause by itself: receive buffer, accept queue, checksum, " +
      "socket filter, IPsec, CPU backlog. Of what a policy of IPsec refuses, the one counter of xfrm_stat " +
      "that rose between the states before and after says why.",
    yields: [code],
    judge(subject) {
      if (subject.event.kind !== "drop" || !holds(subject.event)) return null;
      const evidence = [eventEvidence(subject), ...read?.(subject) ?? []];
      return cause(code, "proven", says(subject), evidence, remedy?.(subject));
    },
  };
}
