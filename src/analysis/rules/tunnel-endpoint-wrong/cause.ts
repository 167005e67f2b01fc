/** What people are told of this cause. */
import type { CauseText } from "../cause_text.ts";

/** Its section of docs/causes.md. */
export const cause: CauseText = {
  code: "tunnel-endpoint-wrong",
  group: "tunnels",
  means: "The packet was encapsulated to a node that can be reached and that does not host the " +
    "inner destination.",
  knows: "The outer packet arrived at a probed node, and the inner destination is an address of " +
    "another one. The evidence shows the fdb entry or route that chose the node, and where " +
    "the address really is.",
  remedy:
    "The control plane is behind: the pod moved, and the fdb entry or route did not. Repair " +
    "the entry, then look at why the CNI's agent on the sending node missed the change.",
};
