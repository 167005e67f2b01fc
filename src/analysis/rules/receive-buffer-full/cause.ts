/** What people are told of this cause. */
import type { CauseText } from "../cause_text.ts";

/** Its section of docs/causes.md. */
export const cause: CauseText = {
  code: "receive-buffer-full",
  group: "queues",
  means: "The socket's receive buffer had no room.",
  knows: "The kernel's reason is `SOCKET_RCVBUFF`, `SOCKET_BACKLOG` or `PROTO_MEM`. Before " +
    "Linux 5.18, which tells no reason there, UDP freed it where it puts a datagram into its " +
    "socket's queue, and that queue was read to be full, or full ones alone were counted.",
  remedy: "The program reads too slowly: it hangs, or has too little CPU (look for throttling by " +
    "its cgroup). A larger buffer (`net.core.rmem_max` and `SO_RCVBUF`) helps against bursts " +
    "only.",
};
