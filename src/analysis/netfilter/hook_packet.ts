/** A packet as the hooks of one place saw it: its outermost headers, its devices, its state. */
import type { Event } from "../../event/event.ts";
import { outerProtocol } from "../kernel/tunnels.ts";

/** A device a hook was called with: null is none, undefined is not known which. */
export type HookDevice = string | null | undefined;

/** Names of conntrack's states, each with nft's bit. */
export const CT_STATES = { invalid: 1, established: 2, related: 4, new: 8, untracked: 64 } as const;
/** A state of connection tracking, as nft and iptables name it. */
export type CtState = keyof typeof CT_STATES;

/** `skb->mark`: only the bits of `known` are. */
export interface Mark {
  /** Bits; those outside `known` mean nothing. */
  value: number;
  /** Bits that are known. */
  known: number;
}

/** The outermost headers of a packet; what is absent was not seen. */
export interface Headers {
  network: "ip4" | "ip6" | "arp";
  /** IP protocol number. */
  protocol?: number;
  source?: string;
  destination?: string;
  sourcePort?: number;
  destinationPort?: number;
  /** ICMP's or ICMPv6's. */
  icmpType?: number;
  /** ICMP's or ICMPv6's. */
  icmpCode?: number;
  icmpId?: number;
  icmpSequence?: number;
  /** Bits, FIN the lowest. */
  tcpFlags?: number;
  ttl?: number;
  ipId?: number;
  /** Bytes, from the IP header on. */
  ipLength?: number;
  /** Bytes: `skb->len`. */
  length?: number;
  /** Not the first piece of a packet: it has no transport header. */
  laterFragment: boolean;
  /** A piece, the first one or a later one. */
  fragment: boolean;
  /** Bytes of the packet before this piece. */
  fragmentOffset?: number;
  packetType?: Event["packetType"];
  /** VLAN id of its tag. */
  vlan?: number;
  sourceMac?: string;
  destinationMac?: string;
  /** 1 asks, 2 answers. */
  arpOperation?: number;
}

/** What a hook at this sighting looked at: of an encapsulated packet, the outer headers. */
export function headersOf(event: Event): Headers {
  const frame = {
    length: event.length,
    packetType: event.packetType,
    vlan: event.vlan,
    sourceMac: event.sourceMac,
    destinationMac: event.destinationMac,
  };
  if (event.tunnelKind !== undefined) {
    return {
      ...frame,
      network: event.tunnelDestination?.includes(":") ? "ip6" : "ip4",
      protocol: outerProtocol(event),
      source: event.tunnelSource,
      destination: event.tunnelDestination,
      sourcePort: event.tunnelSourcePort,
      destinationPort: event.tunnelDestinationPort,
      ttl: event.tunnelTtl,
      ipId: event.tunnelIpId,
      laterFragment: false,
      fragment: false,
    };
  }
  const laterFragment = (event.fragmentOffset ?? 0) > 0;
  return {
    ...frame,
    network: event.network ?? "ip4",
    protocol: event.protocol,
    source: event.source,
    destination: event.destination,
    sourcePort: event.sourcePort,
    destinationPort: event.destinationPort,
    icmpType: event.icmpType,
    icmpCode: event.icmpCode,
    icmpId: event.icmpId,
    icmpSequence: event.icmpSequence,
    tcpFlags: event.tcpFlags,
    ttl: event.ttl,
    ipId: event.ipId,
    ipLength: event.ipLength,
    arpOperation: event.arpOperation,
    laterFragment,
    fragment: laterFragment || ((event.ipFlags ?? 0) & 1) !== 0,
    fragmentOffset: event.fragmentOffset,
  };
}
