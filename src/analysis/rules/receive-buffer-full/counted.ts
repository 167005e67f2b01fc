/** A full receive buffer that the kernel counted, where it does not say which packet met it. */
import { isUntoldSocketRefusal } from "../../kernel/sockets.ts";
import { netnsName } from "../../view/netns_names.ts";
import { command } from "../command.ts";
import { eventEvidence, stateEvidence } from "../evidence.ts";
import { cause, type Rule } from "../rule.ts";
import { countedRefusal } from "../shared/refused_counters.ts";

/** The counter is the namespace's, so that another socket may have been the full one: never proven. */
export const receiveBufferCounted: Rule = {
  id: "R185",
  title: "A full receive buffer, where the kernel gives no reason",
  statement:
    "Freed, on a kernel without reasons, where UDP puts a datagram into its socket's queue, and between the " +
    "readings before and after it counted refusals for want of room in a socket's buffer " +
    "(`UdpRcvbufErrors`) and no other: `receive-buffer-full`, likely.",
  yields: ["receive-buffer-full"],
  judge(subject) {
    const { event, node, netns } = subject;
    if (!isUntoldSocketRefusal(event)) return null;
    const refusal = countedRefusal(subject);
    if (refusal?.kind !== "room") return null;
    return cause(
      "receive-buffer-full",
      "likely",
      `the receive buffer of the socket at udp port ${event.destinationPort} in ${
        netnsName(node, netns)
      } on ${node.name} had no room: its application reads too slowly`,
      [
        eventEvidence(subject),
        stateEvidence(node, `${refusal.counter} rose by ${refusal.packets}, and no other of UDP's`),
      ],
      command(node, netns, ["ss", "-nmpa", `sport = :${event.destinationPort}`]),
    );
  },
};
