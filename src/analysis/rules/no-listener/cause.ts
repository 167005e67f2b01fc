/** What people are told of this cause. */
import type { CauseText } from "../cause_text.ts";

/** Its section of docs/causes.md. */
export const cause: CauseText = {
  code: "no-listener",
  group: "queues",
  means: "No socket takes packets at the destination port.",
  knows: "The kernel's reason is `NO_SOCKET`, or the packet died where the kernel looks for one. " +
    "The evidence says to which addresses, and for which device or outside of which VRF, the port is bound, if to any. " +
    "Sockets of UDP that are connected to one end are not read. A host without a probe may have " +
    "said so by an ICMP error; then the cause is `likely`. SCTP refuses by an ABORT, as it does when " +
    "too many associations wait to be accepted; then it is `likely`, too.",
  remedy: "Is the program running, in this namespace, on this port? When the port is bound to " +
    "127.0.0.1 only, let the program listen on the pod's address or on all. When it is bound to " +
    "another device (`SO_BINDTODEVICE`, `%eth1` in the list), packets must come in by that one. A " +
    "UDP socket that is connected takes nothing from others.",
};
