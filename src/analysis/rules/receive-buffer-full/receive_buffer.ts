/** A socket whose application reads too slowly. */
import { PROTOCOL_NAMES } from "../../kernel/protocols.ts";
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

function socketName(subject: Case): string {
  const { protocol, destinationPort } = subject.event;
  if (destinationPort !== undefined) {
    return `the socket at ${protocolName(subject)} port ${destinationPort}`;
  }
  return `a socket that reads ${PROTOCOL_NAMES[protocol ?? -1] ?? `protocol ${protocol}`} itself`;
}
