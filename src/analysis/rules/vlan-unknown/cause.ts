/** What people are told of this cause. */
import type { CauseText } from "../cause_text.ts";

/** Its section of docs/causes.md. */
export const cause: CauseText = {
  code: "vlan-unknown",
  group: "link",
  means: "The frame carries a VLAN that the host it came to has no device for.",
  knows: "The frame came in with that VLAN beside it, addressed to the receiving device, and the " +
    "kernel took it for another host's; no VLAN device of that id is on that device in any namespace " +
    "that was read. A question for a link address that came in so explains why nobody answered.",
  remedy: "Give both ends the same VLAN: the id of the VLAN device of either host, or what the " +
    "switch between them makes of the port (its PVID, tagged or untagged).",
};
