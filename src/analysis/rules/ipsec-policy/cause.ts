/** What people are told of this cause. */
import type { CauseText } from "../cause_text.ts";

/** Its section of docs/causes.md. */
export const cause: CauseText = {
  code: "ipsec-policy",
  group: "filters",
  means: "An IPsec policy or state refused the packet.",
  knows:
    "The kernel's reason is one of its xfrm ones; or the function freed it that takes what IPsec " +
    "brings, and the one counter of /proc/net/xfrm_stat that rose says which check failed. " +
    "Before Linux 5.17, which tells no reasons, a function freed it that asks the policies, one that was " +
    "read is about it, and the counter rose of what such a policy refuses. Which packet is in what a " +
    "tunnel carries is not seen: it is likely where a router's policy takes the packet, and the tunnel's " +
    "other end refuses all that comes. The evidence shows the " +
    "policies, or states, read on that node.",
  remedy: "Compare `ip xfrm policy` and `ip xfrm state` of both ends: a policy that requires " +
    "encryption and no state for it, or a state that expired and was not renewed by the IKE " +
    "daemon.",
};
