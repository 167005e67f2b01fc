/** What people are told of this cause. */
import type { CauseText } from "../cause_text.ts";

/** Its section of docs/causes.md. */
export const cause: CauseText = {
  code: "reply-not-translated",
  group: "exchanges",
  means:
    "A question was translated on its way (a service address to an endpoint, a published port), " +
    "and its answer reached the client with the endpoint's address: the client's socket does not " +
    "take an answer from an address that it did not ask. Or the question's source was translated, " +
    "and the answer came back to the host that did so, which took it for one of its own: that entry was " +
    "gone, or it came from another port than the one that was asked, as TFTP's do.",
  knows:
    "Both directions were seen: the question before and after its translation, and the answer at " +
    "the client's socket, behind all netfilter hooks, with the endpoint's address. Where the answer " +
    "passed the namespace that translated, its way there and that namespace's settings tell why it " +
    "was not translated back.",
  remedy: "Where it was bridged past netfilter, load `br_netfilter` and set " +
    "`net.bridge.bridge-nf-call-iptables=1`. Where connection tracking took it for invalid, look for " +
    "segments outside the window (`nf_conntrack_tcp_be_liberal`), and drop invalid packets there. " +
    "Where the entry had timed out (`nf_conntrack_udp_timeout`), let it live longer, or the client ask " +
    "again meanwhile; where both directions have zones of their own, give them one. " +
    "Where it went around the translating host, let that host masquerade the question, or route the " +
    "answer back through it.",
};
