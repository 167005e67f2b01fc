/** What people are told of this cause. */
import type { CauseText } from "../cause_text.ts";

/** Its section of docs/causes.md. */
export const cause: CauseText = {
  code: "checksum-invalid",
  group: "queues",
  means: "The checksum of the IP, TCP, UDP or ICMP header is wrong.",
  knows:
    "The kernel's reason says which one. Before Linux 5.17, which tells none, a function that checks " +
    "a sum freed it, and the kernel's counter of wrong ones rose.",
  remedy: "Behind a tunnel or in a virtual machine, suspect checksum offload first: `ethtool -K " +
    "DEVICE tx off` on the sender, as a test. Else a middlebox rewrites without repairing the " +
    "sum, or hardware corrupts packets.",
};
