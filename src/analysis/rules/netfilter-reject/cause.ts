/** What people are told of this cause. */
import type { CauseText } from "../cause_text.ts";

/** Its section of docs/causes.md. */
export const cause: CauseText = {
  code: "netfilter-reject",
  group: "filters",
  means: "A rule answered the packet with a TCP reset or an ICMP error, and dropped it.",
  knows: "The drop was netfilter's and the answer it sent was seen, or a router without a probe " +
    'answered "administratively prohibited"; then the cause is `likely`.',
  remedy: "As for `netfilter-drop`. The source of the answer tells which host refused.",
};
