/** A SYN that the kernel takes without an answer, because its listener has no room. */
import { isConnectRequest, TCP } from "../../kernel/protocols.ts";
import { netnsName } from "../../view/netns_names.ts";
import type { Case } from "../case.ts";
import { command } from "../command.ts";
import { eventEvidence, stateEvidence } from "../evidence.ts";
import { cause, type Finding, type Rule } from "../rule.ts";

/** The listener's accept queue is full: the kernel takes the SYN without calling that a drop. */
export const acceptQueueFull: Rule = {
  id: "R44",
  statement:
    "A SYN that arrived and was never answered, and the listener has more connections waiting " +
    "than its limit: `accept-queue-full`, `likely`. Where its limit is not known, because inet_diag is not loaded, " +
    "and connections wait in the reading after it: `possible`.",
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
    if (!full) return ofUnknownLimit(subject);
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

/** /proc/net/tcp tells how many wait, and not how many may: a program that is slow to take one looks like it. */
function ofUnknownLimit(subject: Case): Finding | null {
  const { event, node, netns, after } = subject;
  const listener = after && listenerOf(after.sockets, event.destinationPort);
  if (!listener || listener.sendQueue !== undefined || !listener.receiveQueue) return null;
  const where = `${netnsName(node, netns)} on ${node.name}`;
  const waiting = listener.receiveQueue;
  return cause(
    "accept-queue-full",
    "possible",
    `${waiting} ${
      waiting === 1 ? "connection waits" : "connections wait"
    } for the application that listens at ` +
      `port ${listener.port} in ${where}, of which SYNs get no answer: it may be that no more may wait (the limit ` +
      "was not read: inet_diag is not loaded)",
    [
      eventEvidence(subject),
      stateEvidence(
        node,
        `listener ${listener.address}:${listener.port}: ${waiting} waiting to be accepted`,
      ),
    ],
    command(node, netns, ["ss", "-lntp", `sport = :${listener.port}`]),
  );
}

function listenerOf(sockets: NonNullable<Case["before"]>["sockets"], port: number | undefined) {
  return sockets.find((socket) =>
    socket.protocol === "tcp" && socket.state === "LISTEN" && socket.port === port
  );
}
