/** What people are told of this cause. */
import type { CauseText } from "../cause_text.ts";

/** Its section of docs/causes.md. */
export const cause: CauseText = {
  code: "left-observed-network",
  group: "edge",
  means: "The packet left the last probed device, for addresses that no probe watches.",
  knows: "It saw the packet handed to that device, and no probed node has the MAC it was sent " +
    "to, nor the address, unless it is one on the sender's network that another host has as well.",
  remedy: "This machine's software has done its part. Put a probe on the next node, or take the " +
    "last hop, the time and the addresses to whoever owns the network beyond. When a reply " +
    "was seen to come back, look at the reply's own flow instead.",
};
