/** What people are told of this cause. */
import type { CauseText } from "../cause_text.ts";

/** Its section of docs/causes.md. */
export const cause: CauseText = {
  code: "route-blackhole",
  group: "routing",
  means:
    "A blackhole, unreachable or prohibit route, or a rule of that kind, matched; or a route into a " +
    "dummy device, which hands nothing on.",
  knows: "It looks the packet up in the rules and tables read on that node, and the answer is an " +
    "entry that refuses. The evidence shows the entry.",
  remedy: "Find out who added it before you delete it. CNIs put blackhole routes over the blocks " +
    "they own, so that a packet to a pod that is gone dies there: then the pod's own, more " +
    "specific route is what is missing.",
};
