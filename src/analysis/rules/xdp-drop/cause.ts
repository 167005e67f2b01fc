/** What people are told of this cause. */
import type { CauseText } from "../cause_text.ts";

/** Its section of docs/causes.md. */
export const cause: CauseText = {
  code: "xdp-drop",
  group: "filters",
  means: "An XDP program dropped or aborted the packet before the stack saw it.",
  knows:
    "The kernel said so for generic XDP, and where the driver frees an skb (veth). In virtio_net the " +
    "program's answer was seen (script `xdp_driver`, `--deep`, Linux 6.5). In other drivers nothing " +
    "can tell: then the packet vanished before a device that carries a program, and the cause is `likely`.",
  remedy:
    "Find the program's owner (`bpftool net`, `bpftool prog show id ID`): a load balancer, a " +
    "DDoS filter, a CNI. Take it off only when you know what else it does.",
};
