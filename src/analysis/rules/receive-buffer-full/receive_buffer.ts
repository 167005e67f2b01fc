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
  says: (found) =>
    `the receive buffer of the socket at ${
      protocolName(found)
    } port ${found.event.destinationPort} in ${
      netnsName(found.node, found.netns)
    } on ${found.node.name} had no room: its application reads too slowly`,
  remedy: (
    found,
  ) => [command(found.node, found.netns, `ss -nmpa 'sport = :${found.event.destinationPort}'`)],
});
