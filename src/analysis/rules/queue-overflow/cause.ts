/** What people are told of this cause. */
import type { CauseText } from "../cause_text.ts";

/** Its section of docs/causes.md. */
export const cause: CauseText = {
  code: "queue-overflow",
  group: "queues",
  means: "A queue on the way out had no room.",
  knows: "The kernel's reason is a qdisc's or a driver ring's. The evidence shows the qdisc, its " +
    "limit, and how many drops it counted while watched.",
  remedy:
    "Some drops are how a queue tells TCP to slow down. Many mean that more is sent than the " +
    "device or its shaper passes: raise the rate or the limit, or send less. A tap or veth " +
    "with a full ring has a reader that is too slow.",
};
