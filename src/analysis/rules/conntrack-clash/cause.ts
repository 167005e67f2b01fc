/** What people are told of this cause. */
import type { CauseText } from "../cause_text.ts";

/** Its section of docs/causes.md. */
export const cause: CauseText = {
  code: "conntrack-clash",
  group: "filters",
  means: "The packet's new connection could not be entered in conntrack's table, because another " +
    "connection there has its ends.",
  knows:
    "The kernel was seen to refuse it when it was to be entered (script `refused_conntrack`, " +
    "`--deep`). Two packets that begin one connection at the same moment meet so, as the two " +
    "questions of a resolver do behind a service, or two connections that a translation gave one port.",
  remedy:
    "Where a resolver's two questions meet: `single-request-reopen` (glibc), TCP, or a cache on " +
    "the node. Where a translation gives ports: `--random-fully`, more ports or more addresses. " +
    "`conntrack -S` counts them as `insert_failed`.",
};
