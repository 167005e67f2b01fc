/** A listener whose accept queue overflowed, as the kernel says itself. */
import { isListenOverflow } from "../../kernel/sockets.ts";
import { netnsName } from "../../view/netns_names.ts";
import type { Case } from "../case.ts";
import { command } from "../command.ts";
import { stateEvidence } from "../evidence.ts";
import { namedReason } from "../shared/named_reason.ts";

/** The listener had no room for the connection. */
export const listenOverflow = namedReason({
  code: "accept-queue-full",
  holds: isListenOverflow,
  says: (subject) =>
    `the accept queue of the listener at port ${subject.event.destinationPort} in ${
      netnsName(subject.node, subject.netns)
    } on ${subject.node.name} is full`,
  read: acceptQueue,
  remedy: (
    subject,
  ) =>
    command(subject.node, subject.netns, [
      "ss",
      "-lntp",
      `sport = :${subject.event.destinationPort}`,
    ]),
});

function acceptQueue(subject: Case) {
  const state = subject.after ?? subject.before;
  const socket = state?.sockets.find((other) =>
    other.protocol === "tcp" && other.state === "LISTEN" &&
    other.port === subject.event.destinationPort
  );
  return socket
    ? [
      stateEvidence(
        subject.node,
        `listener ${socket.address}:${socket.port}: ${socket.receiveQueue ?? "?"} waiting, limit ${
          socket.sendQueue ?? "?"
        }`,
      ),
    ]
    : [];
}
