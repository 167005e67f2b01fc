/** What people are told of this cause. */
import type { CauseText } from "../cause_text.ts";

/** Its section of docs/causes.md. */
export const cause: CauseText = {
  code: "mtu-exceeded",
  group: "routing",
  means: "The packet is larger than a device, route or tunnel allows, and may not be fragmented.",
  knows:
    "The kernel's reason is `PKT_TOO_BIG`, or the packet died where the kernel checks sizes, " +
    "and its size is above the MTU read there. The evidence says whether the ICMP error that " +
    "tells the sender was seen on its way back. Open vSwitch tells nobody: there a port is named " +
    "whose MTU is smaller. When a router without a probe sent that " +
    "error, the cause is `likely`.",
  remedy: "Lower the MTU of the sender's device by what the tunnels on the way add (50 bytes for " +
    "VXLAN over IPv4, 70 over IPv6), or raise the underlay's. If the ICMP error did not get " +
    "back to the sender, let it through (ICMP type 3 code 4, ICMPv6 type 2): without it, " +
    "connections open and then hang at the first full segment.",
};
