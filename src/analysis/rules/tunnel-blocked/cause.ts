/** What people are told of this cause. */
import type { CauseText } from "../cause_text.ts";

/** Its section of docs/causes.md. */
export const cause: CauseText = {
  code: "tunnel-blocked",
  group: "tunnels",
  means: "The tunnel's own packets were dropped: filtered, or nothing takes them at that UDP port.",
  knows:
    "The packet died on a probed node still encapsulated, by a netfilter rule or for want of " +
    "a socket at the outer port. The evidence lists the ports at which the node's tunnel " +
    "devices listen.",
  remedy: "Open the port between the nodes: VXLAN has 4789 by its standard and 8472 with flannel " +
    "and older kernels, Geneve 6081. When both ends use different ports, make them equal.",
};
