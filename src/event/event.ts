/** One line of what a kernel reported about a packet. Every field: `columns.ts`, `docs/event.md`. */
import type { DIRECTIONS, EVENT_KINDS, NETWORKS, PACKET_TYPES, TUNNEL_KINDS } from "./columns.ts";

export type EventKind = typeof EVENT_KINDS[number];
export type PacketType = typeof PACKET_TYPES[number];
export type Network = typeof NETWORKS[number];
export type TunnelKind = typeof TUNNEL_KINDS[number];
export type Direction = typeof DIRECTIONS[number];

/**
 * An event after decoding. Absent means the kernel did not tell, which is not "none" or zero.
 * Addresses are canonical text (IPv6 as RFC 5952), MACs lower case with colons.
 */
export interface Event {
  kind: EventKind;
  /** CLOCK_MONOTONIC of its node; never compared with another node's. */
  timeNs: bigint;
  cpu: number;
  skb?: string;
  head?: string;
  netns?: number;
  ifindex?: number;
  device?: string;
  length?: number;
  packetType?: PacketType;
  vlan?: number;
  sourceMac?: string;
  destinationMac?: string;
  tunnelKind?: TunnelKind;
  tunnelId?: number;
  tunnelSource?: string;
  tunnelDestination?: string;
  tunnelSourcePort?: number;
  tunnelDestinationPort?: number;
  tunnelIpId?: number;
  tunnelTtl?: number;
  network?: Network;
  protocol?: number;
  source?: string;
  destination?: string;
  sourcePort?: number;
  destinationPort?: number;
  ipId?: number;
  ttl?: number;
  ipLength?: number;
  fragmentOffset?: number;
  ipFlags?: number;
  tcpSequence?: number;
  tcpAcknowledgement?: number;
  tcpFlags?: number;
  payload?: number;
  icmpType?: number;
  icmpCode?: number;
  icmpId?: number;
  icmpSequence?: number;
  checksum?: number;
  gsoSize?: number;
  gsoSegments?: number;
  arpOperation?: number;
  arpSenderMac?: string;
  quotedProtocol?: number;
  quotedSource?: string;
  quotedDestination?: string;
  quotedSourcePort?: number;
  quotedDestinationPort?: number;
  quotedIpId?: number;
  mtu?: number;
  conntrackDirection?: Direction;
  conntrackStatus?: number;
  conntrackSource?: string;
  conntrackDestination?: string;
  conntrackSourcePort?: number;
  conntrackDestinationPort?: number;
  function?: string;
  reason?: string;
  reasonNumber?: number;
  routeTable?: number;
  routeError?: number;
  gateway?: string;
  neighbourState?: string;
  neighbourMac?: string;
}
