/** A listener whose accept queue overflowed, as the kernel says itself. */
import { isListenOverflow } from "../../kernel/sockets.ts";
import { netnsName } from "../../view/state_view.ts";
import type { Case } from "../case.ts";
import { command } from "../command.ts";
import { stateEvidence } from "../evidence.ts";
import { namedReason } from "../shared/named_reason.ts";

/** The listener had no room for the connection. */
export const listenOverflow = namedReason({
  code: "accept-queue-full",
  holds: isListenOverflow,
  says: (found) =>
    `the accept queue of the listener at port ${found.event.destinationPort} in ${
      netnsName(found.node, found.netns)
    } on ${found.node.name} is full`,
  read: acceptQueue,
  remedy: (
    found,
  ) => [command(found.node, found.netns, `ss -lntp 'sport = :${found.event.destinationPort}'`)],
});

function acceptQueue(found: Case) {
  const state = found.after ?? found.before;
  const socket = state?.sockets.find((other) =>
    other.protocol === "tcp" && other.state === "LISTEN" &&
    other.port === found.event.destinationPort
  );
  return socket
    ? [
      stateEvidence(
        found.node,
        `listener ${socket.address}:${socket.port}: ${socket.receiveQueue ?? "?"} waiting, limit ${
          socket.sendQueue ?? "?"
        }`,
      ),
    ]
    : [];
}
