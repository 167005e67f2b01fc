/** What people are told of this cause. */
import type { CauseText } from "../cause_text.ts";

/** Its section of docs/causes.md. */
export const cause: CauseText = {
  code: "endpoint-changed",
  group: "exchanges",
  means:
    "NAT gave a running connection another server than before: an entry of connection tracking keeps " +
    "a connection at one endpoint of its service, and without it the next segment is given one anew. " +
    "Or routing did: of several hosts that have one address (anycast, ECMP, a floating address) another one " +
    "got its segments. That endpoint never had the connection, and resets or ignores what comes.",
  knows:
    "Segments of one connection left the translating node for two servers, and no new connection was " +
    "begun between them; or the SYN came to one host with the address, and a later segment to another, whose " +
    "kernel reset it.",
  remedy: "Why was the entry lost? A connection that was idle longer than " +
    "`nf_conntrack_tcp_timeout_established` (or `…_close_wait`, once one end has closed), `conntrack " +
    "-F` or `-D` by a script, a firewall that flushes when it is reloaded, a failover to a node that " +
    "does not share its table. Of routing: what changed the route or the set of next hops (the report tells " +
    "changes that it saw). Let programs keep idle connections alive more often than that.",
};
