/** What people are told of this cause. */
import type { CauseText } from "../cause_text.ts";

/** Its section of docs/causes.md. */
export const cause: CauseText = {
  code: "routing-loop",
  group: "routing",
  means: "The packet came back to a hop it had passed, with a lower TTL, until the TTL ran out.",
  knows: "The path shows the same device several times, with the TTL falling. The evidence says " +
    "how often.",
  remedy: "Two routers think that the other one is nearer. Compare `ip route get DESTINATION` on " +
    "the nodes of the circle: usually a default route points back, because one more specific " +
    "route is missing.",
};
