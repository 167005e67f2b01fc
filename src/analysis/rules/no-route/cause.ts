/** What people are told of this cause. */
import type { CauseText } from "../cause_text.ts";

/** Its section of docs/causes.md. */
export const cause: CauseText = {
  code: "no-route",
  group: "routing",
  means: "The routing tables have no way to the destination.",
  knows: "The kernel gave a no-route reason for the drop, or the lookup itself was seen to fail, " +
    "and the tables read on that node have no entry that matches, by the rules the packet " +
    "would have met. A router without a probe may also have said so by an ICMP error; then " +
    "the cause is `likely`.",
  remedy:
    "`ip route get DESTINATION` in that namespace shows the same failure. Add the route, or " +
    "repair whoever should have added it (CNI, routing daemon). The evidence says which " +
    "namespace was asked: a pod's table is not its node's.",
};
