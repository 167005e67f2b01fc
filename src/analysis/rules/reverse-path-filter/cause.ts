/** What people are told of this cause. */
import type { CauseText } from "../cause_text.ts";

/** Its section of docs/causes.md. */
export const cause: CauseText = {
  code: "reverse-path-filter",
  group: "routing",
  means: "`rp_filter` judged that the source can't be reached through the device the packet came " +
    "in by.",
  knows: "The kernel's reason is `IP_RPFILTER`. The evidence shows the sysctls (the higher of " +
    "`all` and the device's own one counts) and the way back to the source by this node's " +
    "tables.",
  remedy:
    "With asymmetric routing on purpose, set `rp_filter=2` (loose) on the device. Else repair " +
    "the route back to the source: the filter has found a routing fault, or a spoofed " +
    "address.",
};
