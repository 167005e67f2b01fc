/** What people are told of this cause. */
import type { CauseText } from "../cause_text.ts";

/** Its section of docs/causes.md. */
export const cause: CauseText = {
  code: "bridge-vlan-filtered",
  group: "link",
  means:
    "The bridge filters VLANs, and the port does not allow the one that the frame is in. The bridge " +
    "itself is a port, too: of what is for an address on it, or on a VLAN device over it.",
  knows: "The bridge dropped the frame, `vlan_filtering` is on, and the VLAN (the frame's tag, " +
    "else the port's PVID) is not in the port's list. The evidence shows the list.",
  remedy:
    "Allow the VLAN on the port: `bridge vlan add dev PORT vid ID`. For untagged frames, give " +
    "the port a PVID. Look at the other ports of the way, too. For the bridge itself: `bridge vlan add dev " +
    "BRIDGE vid ID self`.",
};
