/** What people are told of this cause. */
import type { CauseText } from "../cause_text.ts";

/** Its section of docs/causes.md. */
export const cause: CauseText = {
  code: "accept-queue-full",
  group: "queues",
  means: "The listener's accept or SYN queue had no room.",
  knows: "The kernel's reason is `TCP_LISTEN_OVERFLOW`. The evidence shows how many connections " +
    "waited in the listener's queue and its limit, as read on that node.",
  remedy: "The program accepts too slowly, or not at all. `ss -lnt` shows the queue (Recv-Q) and " +
    "its limit (Send-Q). Raise the backlog in the program and `net.core.somaxconn` together: " +
    "the smaller one counts.",
};
