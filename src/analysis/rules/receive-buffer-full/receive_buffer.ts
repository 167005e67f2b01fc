/** A socket whose application reads too slowly. */
import { isReceiveBufferFull } from "../../kernel/sockets.ts";
import { netnsName } from "../../view/state_view.ts";
import { command } from "../command.ts";
import { namedReason } from "../shared/named_reason.ts";
import { protocolName } from "../shared/protocol_name.ts";

/** The socket had no room for what it received. */
export const receiveBufferFull = namedReason({
  code: "receive-buffer-full",
  holds: isReceiveBufferFull,
  says: (subject) =>
    `the receive buffer of the socket at ${
      protocolName(subject)
    } port ${subject.event.destinationPort} in ${
      netnsName(subject.node, subject.netns)
    } on ${subject.node.name} had no room: its application reads too slowly`,
  remedy: (
    subject,
  ) =>
    command(subject.node, subject.netns, [
      "ss",
      "-nmpa",
      `sport = :${subject.event.destinationPort}`,
    ]),
});
