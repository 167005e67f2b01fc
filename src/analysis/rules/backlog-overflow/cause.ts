/** What people are told of this cause. */
import type { CauseText } from "../cause_text.ts";

/** Its section of docs/causes.md. */
export const cause: CauseText = {
  code: "backlog-overflow",
  group: "queues",
  means: "A CPU's backlog had no room for what it received.",
  knows: "The kernel's reason is `CPU_BACKLOG`.",
  remedy: "Spread the load over more CPUs (RPS, more queues), or raise " +
    "`net.core.netdev_max_backlog`. Typical for many pods behind veths on one busy CPU. The " +
    "second column of `/proc/net/softnet_stat` counts these drops.",
};
