/** What people are told of this cause. */
import type { CauseText } from "../cause_text.ts";

/** Its section of docs/causes.md. */
export const cause: CauseText = {
  code: "address-overlap",
  group: "routing",
  means: "Two networks have addresses in common. The packet's destination is in one of them, and " +
    "the node takes it for a neighbour in the other, where nobody has it: typically a bridge of " +
    "docker or a pod network that covers addresses of the clients' own network.",
  knows: "The packet died because nobody answered for its destination on the link of a network " +
    "that has it by the routing table; packets of that very address come into the node by another " +
    "device. Where the address is at a probed node, the other network is read there.",
  remedy: "Give one of the networks other addresses (docker: `bip` and `default-address-pools`). " +
    "Until then a more specific route by the device that its packets come in by brings answers back.",
};
