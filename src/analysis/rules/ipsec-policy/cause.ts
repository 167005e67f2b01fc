/** What people are told of this cause. */
import type { CauseText } from "../cause_text.ts";

/** Its section of docs/causes.md. */
export const cause: CauseText = {
  code: "ipsec-policy",
  group: "filters",
  means: "An IPsec policy or state refused the packet.",
  knows: "The kernel's reason is one of its xfrm ones. The evidence shows the policies read on " +
    "that node.",
  remedy: "Compare `ip xfrm policy` and `ip xfrm state` of both ends: a policy that requires " +
    "encryption and no state for it, or a state that expired and was not renewed by the IKE " +
    "daemon.",
};
