/** What people are told of this cause. */
import type { CauseText } from "../cause_text.ts";

/** Its section of docs/causes.md. */
export const cause: CauseText = {
  code: "martian-address",
  group: "routing",
  means: "The source or the destination may not appear there: a host's own address as source of " +
    "what it receives, loopback on a wire, a multicast source.",
  knows: "The kernel's reason says so (`IP_INVALID_SOURCE`, `IP_LOCAL_SOURCE`, `IP_LOCALNET` and " +
    "their kin). The evidence says whether the address is one of the receiver's own. A question by " +
    "ARP from such an address gets no answer, which the receiver's addresses tell.",
  remedy: "Look for an address that is configured twice, for a NAT rule that gives replies the " +
    "receiver's own address, or for a packet that came back to its sender by a hairpin.",
};
