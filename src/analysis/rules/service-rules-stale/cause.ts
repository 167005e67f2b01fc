/** What people are told of this cause. */
import type { CauseText } from "../cause_text.ts";

/** Its section of docs/causes.md. */
export const cause: CauseText = {
  code: "service-rules-stale",
  group: "filters",
  means:
    "A rule on the node sent the service's packet to an address that has not been an endpoint of " +
    "the service for a while, or no rule there translates the service at all: the node's rules are " +
    "older than the cluster's state.",
  knows:
    "A rule as read on the node makes this translation, one service has the address, and the " +
    "cluster's API told all of its endpoints from ten seconds before the packet on: the address it was " +
    "translated to was none of them. Or the service had an endpoint that was ready all that time, as was " +
    "heard or as the API notes since when it is so, and " +
    "none of the rules as read on the nodes that it passed translates the packet.",
  remedy:
    "Is kube-proxy, or what stands in for it, running on that node, and does it reach the API? " +
    "Its log says when it wrote rules last. Rules are written again when it is started anew.",
};
