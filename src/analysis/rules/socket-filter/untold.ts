/** What a socket's filter refused of UDP, on a kernel that counts all but that. */
import { UDP } from "../../kernel/protocols.ts";
import { isUntoldSocketRefusal } from "../../kernel/sockets.ts";
import { netnsName } from "../../view/netns_names.ts";
import { eventEvidence, stateEvidence } from "../evidence.ts";
import { cause, type Rule } from "../rule.ts";
import { countedRefusal } from "../shared/refused_counters.ts";

/** Linux 5.11 and later count it: what UDP's memory (`net.ipv4.udp_mem`) had no room for. */
const MEMORY = ["UdpMemErrors", "Udp6MemErrors"];

/**
 * The one refusal at a UDP socket that has no counter of its own is that of a filter. Before Linux 5.11
 * that of UDP's memory has none either, which a machine comes to with gigabytes of unread datagrams.
 */
export const socketFilterUntold: Rule = {
  id: "R184",
  title: "The filter of a UDP socket, where the kernel gives no reason",
  statement:
    "Freed, on a kernel without reasons, where UDP puts a datagram into its socket's queue, and between the " +
    "readings before and after it counted refusals (`UdpInErrors`) of which none is one of a checksum, of a " +
    "full buffer, of memory, or of a policy of IPsec: `socket-filter`, likely; possible where the kernel " +
    "does not count those for want of memory.",
  yields: ["socket-filter"],
  judge(subject) {
    const { event, node, netns, after } = subject;
    if (event.protocol !== UDP || !isUntoldSocketRefusal(event)) return null;
    const refusal = countedRefusal(subject);
    if (refusal?.kind !== "other") return null;
    const knowsMemory = MEMORY.some((name) => after?.refused?.[name] !== undefined);
    return cause(
      "socket-filter",
      knowsMemory ? "likely" : "possible",
      `a socket or cgroup filter in ${netnsName(node, netns)} on ${node.name} refused it`,
      [
        eventEvidence(subject),
        stateEvidence(
          node,
          `${refusal.counter} rose by ${refusal.packets}, and neither the counter of wrong checksums nor that ` +
            "of full buffers, nor one of IPsec",
        ),
      ],
    );
  },
};
