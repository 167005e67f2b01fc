/** What people are told of this cause. */
import type { CauseText } from "../cause_text.ts";

/** Its section of docs/causes.md. */
export const cause: CauseText = {
  code: "openvswitch-drop",
  group: "filters",
  means: "Open vSwitch dropped it: by a flow's action, or by the datapath itself.",
  knows: "The kernel's reason belongs to Open vSwitch's subsystem, or the packet died in one of " +
    "its functions.",
  remedy: "`ovs-appctl ofproto/trace BRIDGE in_port=PORT,…` with this packet's fields shows the " +
    "flow. With OVN, `ovn-trace` shows the logical one, and `ovn-detrace` names the ACL.",
};
