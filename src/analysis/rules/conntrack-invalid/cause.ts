/** What people are told of this cause. */
import type { CauseText } from "../cause_text.ts";

/** Its section of docs/causes.md. */
export const cause: CauseText = {
  code: "conntrack-invalid",
  group: "filters",
  means: "The packet was dropped because its connection's state was invalid.",
  knows: "Netfilter dropped it, the rule that fits matches `ct state invalid` (or `-m conntrack " +
    "--ctstate INVALID`), and conntrack had no valid connection for the packet.",
  remedy:
    "Usually the node saw only one direction (asymmetric routing), or its entry is gone: too " +
    "short a timeout, a flushed table, a failover. Make both directions pass the node. " +
    "`nf_conntrack_tcp_be_liberal=1` helps when it is the window check that fails.",
};
