/** What people are told of this cause. */
import type { CauseText } from "../cause_text.ts";

/** Its section of docs/causes.md. */
export const cause: CauseText = {
  code: "lost-between-nodes",
  group: "edge",
  means: "The packet left one probed device for another and never arrived, and both were watched " +
    "without a gap.",
  knows: "As for the outcome `vanished`. It is proven when the frame was addressed to the MAC of " +
    "the very device that should have got it, and likely when it was addressed to a router in " +
    "between.",
  remedy:
    "The loss is on the wire or in what lies between: a switch, a security group, a cloud's " +
    "source check, a router without a probe. The evidence has the MAC and the addresses to " +
    "ask the network's owner about.",
};
