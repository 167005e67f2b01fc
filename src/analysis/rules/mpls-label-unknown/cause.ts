/** What people are told of this cause. */
import type { CauseText } from "../cause_text.ts";

/** Its section of docs/causes.md. */
export const cause: CauseText = {
  code: "mpls-label-unknown",
  group: "routing",
  means:
    "The packet came with a label of MPLS, and where it came nobody takes that label: the device " +
    "takes no labels at all, or no route is for this one.",
  knows:
    "The kernel freed it where it forwards by labels (`mpls_forward`). That the device takes none is " +
    "read (`net.mpls.conf.DEVICE.input` is 0), as is that the namespace may have no labels " +
    "(`net.mpls.platform_labels` is 0). Else it was freed before its label was taken off, which is done " +
    "only where a route is found. The label itself is not told.",
  remedy: "Set `net.mpls.conf.DEVICE.input=1` on each device that labels come by, and " +
    "`net.mpls.platform_labels` above the largest label. Compare `ip -f mpls route show` here with the " +
    "label that the router before gives (`ip route show`, `encap mpls`): where a routing daemon (LDP, BGP, " +
    "FRR) hands out labels its session is to be looked at, not the route.",
};
