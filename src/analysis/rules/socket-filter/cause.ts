/** What people are told of this cause. */
import type { CauseText } from "../cause_text.ts";

/** Its section of docs/causes.md. */
export const cause: CauseText = {
  code: "socket-filter",
  group: "filters",
  means: "A BPF filter of the socket, or of its cgroup, refused the packet.",
  knows: "The kernel's reason is `SOCKET_FILTER`, `TAP_FILTER` or one of a control group. " +
    "Before Linux 5.17, which tells none, UDP counted a refusal, and none of those that have a counter of " +
    "their own.",
  remedy: "`bpftool cgroup tree` lists the programs of cgroups: container runtimes, systemd " +
    "(`IPAddressDeny=`) and CNIs attach some. A socket's own filter belongs to its " +
    "application.",
};
