/** Connection tracking that had no room for a new connection. */
import { isNetfilterDrop } from "../../kernel/netfilter.ts";
import { tableFull } from "../../netfilter/conntrack.ts";
import type { Rule } from "../rule.ts";

/** Connection tracking had no room for a new connection. */
export const conntrackTableFull: Rule = {
  id: "N1",
  title: "Connection tracking had no room",
  statement:
    "`conntrack-table-full`, likely; proven where connection tracking was seen to refuse it (script " +
    "`refused_conntrack`). Freed in `nf_hook_slow` or by conntrack itself, at a " +
    "hook where a connection begins, by a packet that may begin one; the table was at 99 % of " +
    "its limit or more, and no rule or policy read there refuses the packet. Says nothing " +
    "when the table had room when it was read, even if it was full for a moment.",
  yields: ["conntrack-table-full"],
  judge: (subject) => isNetfilterDrop(subject.event) ? tableFull(subject) : null,
};
