/** A firewall rule for packets that connection tracking finds invalid. */
import type { Rule } from "../rule.ts";
import { refusalOf } from "../shared/refusal.ts";

/** The dropping rule is for packets that connection tracking finds invalid. */
export const invalidRefused: Rule = {
  id: "N4",
  title: "Invalid to connection tracking",
  statement:
    "`conntrack-invalid`. N6 holds for a rule about packets in state invalid, or behind one, " +
    "and only as invalid can the packet have met it. Says nothing when the state could have " +
    "been another one, too.",
  yields: ["conntrack-invalid"],
  judge: (subject) => refusalOf(subject, "invalid"),
};
