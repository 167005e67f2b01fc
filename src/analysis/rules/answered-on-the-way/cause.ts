/** What people are told of this cause. */
import type { CauseText } from "../cause_text.ts";

/** Its section of docs/causes.md. */
export const cause: CauseText = {
  code: "answered-on-the-way",
  group: "exchanges",
  means:
    "A host on the way answered the client's SYN in the server's name (SYNPROXY, a transparent " +
    "proxy), and let the client's next segments pass to the server, which knows no such connection " +
    "and resets it.",
  knows:
    "The answer to the SYN was made in a namespace that has not the server's address, no SYN " +
    "of the connection came to the server's host, and that host answered a later segment by a reset.",
  remedy:
    "With SYNPROXY the client's next segment must be invalid for connection tracking, so that " +
    "it comes to the rule again: `net.netfilter.nf_conntrack_tcp_loose` must be 0, the SYN must not " +
    "be tracked, and the rule must take `invalid,untracked` packets of both directions before others " +
    "accept them. Of a proxy, look at why it takes the SYN and not what follows.",
};
