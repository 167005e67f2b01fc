/** A socket whose application reads too slowly. */
import { isReceiveBufferFull } from "../../kernel/sockets.ts";
import { netnsName } from "../../view/netns_names.ts";
import type { Case } from "../case.ts";
import { command } from "../command.ts";
import { namedReason } from "../shared/named_reason.ts";
import { protocolName } from "../shared/protocol_name.ts";

/** The socket had no room for what it received. */
export const receiveBufferFull = namedReason({
  code: "receive-buffer-full",
  holds: isReceiveBufferFull,
  says: (subject) =>
    `the receive buffer of ${socketName(subject)} in ${
      netnsName(subject.node, subject.netns)
    } on ${subject.node.name} had no room: its application reads too slowly`,
  remedy: (subject) => {
    const { destinationPort } = subject.event;
    // What has no port is read by raw sockets.
    const which = destinationPort === undefined
      ? ["ss", "-nmpaw"]
      : ["ss", "-nmpa", `sport = :${destinationPort}`];
    return command(subject.node, subject.netns, which);
  },
});

const socketName = (subject: Case) =>
  subject.event.destinationPort === undefined
    ? `a socket that reads ${protocolName(subject)} itself`
    : `the socket at ${protocolName(subject)} port ${subject.event.destinationPort}`;
