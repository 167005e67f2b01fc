/** A firewall rule that rejects. */
import type { Rule } from "../rule.ts";
import { refusalOf } from "../shared/refusal.ts";

/** A rule answered the packet, and dropped it. */
export const rejected: Rule = {
  id: "N5",
  title: "Rejected",
  statement:
    "`netfilter-reject`. N6 holds for a rule that rejects. An ICMP error or TCP reset for the " +
    "packet, seen in the 5 ms before it was freed, leaves only rules that reject.",
  yields: ["netfilter-reject"],
  judge: (subject) => refusalOf(subject, "reject"),
};
