/**
 * What a DHCP server sends to a client's port. Rule O53.
 *
 * The client has not the address yet that it is sent to: IP there frees it as a packet for somebody else, and
 * the client's program reads it by a packet socket. What sniffs elsewhere reads copies: those did not come to
 * its namespace in a frame for it.
 */
import type { Step } from "../correlate/steps.ts";
import { isFreedAsTransit } from "../kernel/frees.ts";
import { UDP } from "../kernel/protocols.ts";
import type { Sighting } from "../view/timeline.ts";

const SERVER = 67;
const CLIENT = 68;

/** It answers a client, which asked everybody; also where it is the first that is seen of it. */
export const isForDhcpClient = (
  { protocol, sourcePort, destinationPort }: {
    protocol?: number | undefined;
    sourcePort?: number | undefined;
    destinationPort?: number | undefined;
  },
): boolean => protocol === UDP && sourcePort === SERVER && destinationPort === CLIENT;

/** [O53] IP has no use for it: nothing is lost by that. */
export const isLeftToDhcp = (event: Sighting): boolean =>
  isForDhcpClient(event) && isFreedAsTransit(event);

/** [O53] A packet socket of the host that its frame was for has read it. */
export function isReadByDhcp({ event, previous }: Step): boolean {
  if (!isForDhcpClient(event)) return false;
  for (let at = previous; at; at = at.previous) {
    const { kind, node, netns, packetType } = at.event;
    if (kind !== "device-rx" || node !== event.node || netns !== event.netns) continue;
    return packetType === "host" || packetType === "broadcast";
  }
  return false;
}
