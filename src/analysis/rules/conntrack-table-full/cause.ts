/** What people are told of this cause. */
import type { CauseText } from "../cause_text.ts";

/** Its section of docs/causes.md. */
export const cause: CauseText = {
  code: "conntrack-table-full",
  group: "filters",
  means: "There was no room for a new connection in the conntrack table.",
  knows: "The packet died where connections are made, and the count read in that namespace had " +
    "reached `nf_conntrack_max`. The kernel logs `nf_conntrack: table full, dropping packet`.",
  remedy: "Raise `net.netfilter.nf_conntrack_max` (each entry takes some 300 bytes), shorten the " +
    "timeouts, and look for what makes so many connections: a scan, a client without " +
    "keep-alive, UDP that is never answered.",
};
