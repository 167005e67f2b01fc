/** A SYN that the kernel takes without an answer, because its listener has no room. */
import { isConnectRequest, TCP } from "../../kernel/protocols.ts";
import { netnsName } from "../../view/netns_names.ts";
import type { Case } from "../case.ts";
import { command } from "../command.ts";
import { eventEvidence, stateEvidence } from "../evidence.ts";
import { cause, type Rule } from "../rule.ts";

/** The listener's accept queue is full: the kernel takes the SYN without calling that a drop. */
export const acceptQueueFull: Rule = {
  id: "R44",
  statement:
    "A SYN that arrived and was never answered, and the listener has more connections waiting " +
    "than its limit: `accept-queue-full`, `likely`.",
  yields: ["accept-queue-full"],
  judge(subject) {
    const { event } = subject;
    if (event.protocol !== TCP || !isConnectRequest(event)) return null;
    const full = (subject.node.states.get(subject.netns ?? -1) ?? [])
      .map(({ state }) => listenerOf(state.sockets, event.destinationPort))
      .find((socket) =>
        socket !== undefined && socket.receiveQueue !== undefined &&
        socket.sendQueue !== undefined && socket.receiveQueue > socket.sendQueue
      );
    if (!full) return null;
    const where = `${netnsName(subject.node, subject.netns)} on ${subject.node.name}`;
    return cause(
      "accept-queue-full",
      "likely",
      `the accept queue of the listener at port ${full.port} in ${where} is full: its application does not accept, so SYNs get no answer`,
      [
        eventEvidence(subject),
        stateEvidence(
          subject.node,
          `listener ${full.address}:${full.port}: ${full.receiveQueue} waiting to be accepted, limit ${full.sendQueue}`,
        ),
      ],
      command(subject.node, subject.netns, ["ss", "-lntp", `sport = :${full.port}`]),
    );
  },
};

function listenerOf(sockets: NonNullable<Case["before"]>["sockets"], port: number | undefined) {
  return sockets.find((socket) =>
    socket.protocol === "tcp" && socket.state === "LISTEN" && socket.port === port
  );
}
