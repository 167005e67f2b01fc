/** What people are told of this cause. */
import type { CauseText } from "../cause_text.ts";

/** Its section of docs/causes.md. */
export const cause: CauseText = {
  code: "bridge-port-blocked",
  group: "link",
  means:
    "A bridge port on the way is not forwarding, is locked and does not know who sent it, or is given " +
    "no frame for an address that the bridge does not know.",
  knows: "The bridge dropped the frame at a port whose state, read on that node, is disabled, " +
    "listening, learning or blocking. Or the port is `locked`, and the bridge's table, read before and " +
    "after, does not have the frame's source address behind it. Or " +
    "the bridge's table does not have the destination, and the port's `flood` is off.",
  remedy: "A listening or learning port starts to forward by itself after the forward delay. A " +
    "blocking one is the spanning tree's decision: look for the loop it found. Set the state " +
    "by hand only where no spanning tree runs. A locked port takes what `bridge fdb replace MAC dev PORT master " +
    "static` enters; whoever locked it (802.1X, a CNI) is who should.",
};
