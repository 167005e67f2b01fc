/** What people are told of this cause. */
import type { CauseText } from "../cause_text.ts";

/** Its section of docs/causes.md. */
export const cause: CauseText = {
  code: "path-mtu-exceeded",
  group: "routing",
  means:
    "Between two places only packets over some size are lost, and nobody says so: a link there " +
    "has a smaller MTU than the devices at both ends, and its ICMP errors do not come back, or a " +
    "switch drops frames that it has no error for.",
  knows:
    "Packets by the same way, in the same window, arrived up to one size, and every packet that " +
    "was larger was lost, although both ends were watched without loss. Six such losses make it " +
    "likely, fewer possible.",
  remedy:
    "Find the link with the small MTU between the two places and raise it; until then lower the " +
    "MTU of the devices at both ends (of a tunnel device: the path's less the tunnel's headers), let " +
    "ICMP errors through, or clamp the TCP segment size (`--clamp-mss-to-pmtu`).",
};
