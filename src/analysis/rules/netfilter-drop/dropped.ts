/** A firewall rule or policy that drops. */
import type { Rule } from "../rule.ts";
import { refusalOf } from "../shared/refusal.ts";

/** One rule or policy dropped it. */
export const dropped: Rule = {
  id: "N6",
  title: "Dropped by a rule or policy",
  statement:
    "`netfilter-drop`. One rule or policy is left of all that can have refused the packet; " +
    "also one that hands packets to a program, where none took it or the program let it go no further. It says so when the packet is in " +
    "the middle of a TCP connection, as a part of which the same rules would have let it pass: then " +
    "connection tracking did not take it for one, with how long the connection had been idle.",
  yields: ["netfilter-drop"],
  judge: (subject) => refusalOf(subject, "drop"),
};
