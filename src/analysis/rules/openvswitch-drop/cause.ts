/** What people are told of this cause. */
import type { CauseText } from "../cause_text.ts";

/** Its section of docs/causes.md. */
export const cause: CauseText = {
  code: "openvswitch-drop",
  group: "filters",
  means: "Open vSwitch dropped it: by a flow's action, or by the datapath itself.",
  knows:
    "The kernel's reason belongs to Open vSwitch's subsystem (Linux 6.7), or the packet died " +
    "in the datapath's own functions. Where ovs-vswitchd can be asked, the flows of the datapath " +
    "that drop are read, and for each the tables and flows of the bridges that made it " +
    "(`ofproto/trace`): then the bridge, the table and the flow are named, or that none matches, the " +
    "port that is not there, the port whose device is down, or that a mirror alone has it. Else the reason alone tells whether " +
    "flows, a meter, connection tracking or the port sent to stopped the packet.",
  remedy:
    "Where no flow is named: `ovs-vsctl iface-to-br PORT` names the bridge, and `ovs-appctl ofproto/trace BRIDGE " +
    "in_port=PORT,…` with this packet's fields shows the flow. With OVN, `ovn-trace` shows the " +
    "logical one, and `ovn-detrace` names the ACL. A flow is mended where it was made, by its " +
    "controller.",
};
