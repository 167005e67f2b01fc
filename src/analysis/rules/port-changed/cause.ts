/** What people are told of this cause. */
import type { CauseText } from "../cause_text.ts";

/** Its section of docs/causes.md. */
export const cause: CauseText = {
  code: "port-changed",
  group: "exchanges",
  means:
    "NAT gave a running connection another source address or port than it had before: the server " +
    "knows no such connection, and resets or ignores what comes. Or it gave it none any more: where " +
    "`nf_conntrack_tcp_loose` is 0, or the segment is invalid, the rules of NAT are not asked in the middle of a " +
    "connection, and it leaves untranslated.",
  knows:
    "Segments of one connection left the translating node from two ends, one of which may be the client's own, and no new connection was " +
    "begun between them.",
  remedy:
    "Why was the entry lost? `conntrack -F` or `-D` by a script, a firewall that flushes when it " +
    "is reloaded, a connection that was idle longer than `nf_conntrack_tcp_timeout_established`, a " +
    "failover to a node that does not share its table. Let programs keep idle connections alive.",
};
