/** What people are told of this cause. */
import type { CauseText } from "../cause_text.ts";

/** Its section of docs/causes.md. */
export const cause: CauseText = {
  code: "ttl-exceeded",
  group: "routing",
  means: "The TTL or hop limit ran out on the way.",
  knows: "The packet died in forwarding with a TTL of 1 or less, and did not pass the same hop " +
    "twice. Or a router without a probe said so by an ICMP error; then the cause is `likely`.",
  remedy: "For `traceroute` this is how it works. Else raise the sender's TTL (some CNIs and " +
    "applications send with 1), or look for more hops than the path should have.",
};
