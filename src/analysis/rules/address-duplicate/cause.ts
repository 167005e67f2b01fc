/** What people are told of this cause. */
import type { CauseText } from "../cause_text.ts";

/** Its section of docs/causes.md. */
export const cause: CauseText = {
  code: "address-duplicate",
  group: "link",
  means:
    "Two hosts on one network have the same address. Whoever asks for it is answered by both, " +
    "and sends its packets now to the one and now to the other: connections work, hang and are " +
    "refused in turn.",
  knows: "Two probed hosts have the address by their last readings, on the sender's network and " +
    "with different MACs, and the sender was answered by both within a second, or changed from one " +
    "to the other and back. Or the cluster's API tells that a pod has it, and another host that has it, " +
    "too, refused the packet. An address that moved once, one on loopback devices, and a proxy that " +
    "answers for others are told apart.",
  remedy: "Take the address from the host that should not have it, where it was set (a network " +
    "configuration, a VIP that two nodes believe to hold, a machine that was cloned), then let its " +
    "neighbours forget it: they do by themselves within a minute or so.",
};
