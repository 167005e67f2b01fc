/** What people are told of this cause. */
import type { CauseText } from "../cause_text.ts";

/** Its section of docs/causes.md. */
export const cause: CauseText = {
  code: "bridge-port-blocked",
  group: "link",
  means: "A bridge port on the way is not forwarding.",
  knows: "The bridge dropped the frame at a port whose state, read on that node, is disabled, " +
    "listening, learning or blocking.",
  remedy: "A listening or learning port starts to forward by itself after the forward delay. A " +
    "blocking one is the spanning tree's decision: look for the loop it found. Set the state " +
    "by hand only where no spanning tree runs.",
};
