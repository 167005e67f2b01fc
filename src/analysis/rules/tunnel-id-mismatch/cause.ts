/** What people are told of this cause. */
import type { CauseText } from "../cause_text.ts";

/** Its section of docs/causes.md. */
export const cause: CauseText = {
  code: "tunnel-id-mismatch",
  group: "tunnels",
  means: "The receiver has no tunnel with the VNI or key that the packet carries.",
  knows:
    "The tunnel's receiver dropped the packet, and none of the node's tunnel devices of that " +
    "kind has that id, or takes any. The evidence lists the ids that it has.",
  remedy:
    "Make the ids of both ends equal. A difference often comes from two clusters or two CNI " +
    "settings that share one underlay.",
};
