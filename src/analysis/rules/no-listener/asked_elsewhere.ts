/** Whom a host asked from a port, so that an answer to that port can be told from a question. */
import { gapOf, until } from "../../view/coverage.ts";
import { concludedFrom, finding } from "../../view/finding.ts";
import { CLIENT_PORT_MIN } from "../../kernel/sockets.ts";
import type { Sighting } from "../../view/timeline.ts";
import type { Case } from "../case.ts";

/**
 * What the host sent before from the port that this packet came to: a client's port, from which
 * others were asked, and never the end that the packet is from. Null where that is not so.
 *
 * A server that died could look like it, when it had asked others from its own port: hence only
 * ports that Linux gives to clients.
 */
export function askedElsewhere({ event, node, netns }: Case): Sighting | null {
  if (netns === undefined || (event.destinationPort ?? 0) < CLIENT_PORT_MIN) return null;
  // "Never" needs that each packet it sent was seen.
  if (gapOf(node, ["device_tx"], until(event)) !== null) return null;
  const own = keyOf(netns, event.protocol, event.destination, event.destinationPort);
  const isFrom = (other: Sighting) =>
    other.destination === event.source && other.destinationPort === event.sourcePort;
  const first = (what: string, fits: (other: Sighting) => boolean) =>
    concludedFrom(node, sentFrom, own, `${what} ${event.at}`, (sent) => sent.find(fits));
  if (
    first(`to ${event.source} ${event.sourcePort}`, (other) => other.at < event.at && isFrom(other))
  ) {
    return null;
  }
  return first("any", (other) => other.at < event.at) ?? null;
}

/**
 * What the host sent before to the end that the packet is from, from the very end that it came to, and
 * what fits of it. A host that translates has sent so what others asked.
 */
export function askedFromThere(
  { event, node, netns }: Case,
  what: string,
  fits: (other: Sighting) => boolean,
): Sighting | null {
  if (netns === undefined) return null;
  const port = event.destinationPort ?? event.icmpId;
  const own = keyOf(netns, event.protocol, event.destination, port);
  return concludedFrom(
    node,
    sentFrom,
    own,
    `${what} ${event.at} ${event.source} ${event.sourcePort}`,
    (sent) =>
      sent.findLast((other) =>
        other.at < event.at && other.destination === event.source &&
        other.destinationPort === event.sourcePort && fits(other)
      ),
  ) ?? null;
}

/** What the host sent last, before, to the address that the packet is from: from the very end that it came to. */
export function askedAddressFromThere({ event, node, netns }: Case): Sighting | null {
  if (netns === undefined || event.destinationPort === undefined) return null;
  return concludedFrom(
    node,
    sentFrom,
    keyOf(netns, event.protocol, event.destination, event.destinationPort),
    `address ${event.at} ${event.source}`,
    (sent) => sent.findLast(({ at, destination }) => at < event.at && destination === event.source),
  ) ?? null;
}

const keyOf = (netns: number, protocol?: number, address?: string, port?: number) =>
  `${netns} ${protocol} ${address} ${port}`;

/** What was sent, by namespace and source; the id of an echo stands for a port. */
const sentFrom = finding((event) => {
  const { kind, netns, protocol, source, sourcePort, icmpId, tunnelKind } = event;
  if (kind !== "device-tx" || netns === undefined) return undefined;
  const port = sourcePort ?? icmpId;
  if (port === undefined || tunnelKind !== undefined) return undefined;
  return keyOf(netns, protocol, source, port);
});
