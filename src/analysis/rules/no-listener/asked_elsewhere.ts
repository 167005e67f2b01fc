/** Whom a host asked from a port, so that an answer to that port can be told from a question. */
import { gapOf, until } from "../../view/coverage.ts";
import type { NodeView, Sighting } from "../../view/timeline.ts";
import type { Case } from "../case.ts";

/** From here on Linux chooses ports for clients (`ip_local_port_range`); servers rarely are here. */
const CLIENT_PORT_MIN = 32_768;

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
  const sent = [...sentOf(node).get(own)?.values() ?? []].filter(({ at }) => at < event.at);
  const isFrom = (other: Sighting) =>
    other.destination === event.source && other.destinationPort === event.sourcePort;
  return sent.some(isFrom) ? null : sent[0] ?? null;
}

const keyOf = (netns: number, protocol?: number, address?: string, port?: number) =>
  `${netns} ${protocol} ${address} ${port}`;

/** By namespace and source, the first packet to each destination. Read once for a node. */
const sentByNode = new WeakMap<NodeView, Map<string, Map<string, Sighting>>>();

function sentOf(node: NodeView): Map<string, Map<string, Sighting>> {
  const known = sentByNode.get(node);
  if (known) return known;
  const found = new Map<string, Map<string, Sighting>>();
  for (const event of node.events) {
    if (event.kind !== "device-tx" || event.netns === undefined) continue;
    if (event.sourcePort === undefined || event.tunnelKind !== undefined) continue;
    const key = keyOf(event.netns, event.protocol, event.source, event.sourcePort);
    let own = found.get(key);
    if (!own) found.set(key, own = new Map());
    const end = `${event.destination} ${event.destinationPort}`;
    if (!own.has(end)) own.set(end, event);
  }
  sentByNode.set(node, found);
  return found;
}
