/** What people are told of this cause. */
import type { CauseText } from "../cause_text.ts";

/** Its section of docs/causes.md. */
export const cause: CauseText = {
  code: "netfilter-drop",
  group: "filters",
  means: "A rule or a chain's policy dropped it.",
  knows: "The kernel's reason is `NETFILTER_DROP`. Which rule it was follows from the rules read " +
    "on that node: their counters before and after, and whether they match this packet. When " +
    "exactly one rule fits, it is named and the cause is at least `likely`; when that can't " +
    "be decided, no rule is named.",
  remedy: "Read the rule that is named: family, table, chain and position are in the evidence. A " +
    "rule made by Kubernetes, firewalld, ufw or docker has to be changed where it was made. " +
    "Mind that in IPv4 and IPv6, bridge and netdev families are looked at one by one.",
};
