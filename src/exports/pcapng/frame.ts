/**
 * A frame rebuilt from the header fields that an event has. Fields that nobody saw are zero: checksums
 * of IP, the flow label, options, what is inside of a tunnel's Ethernet header. There is no payload.
 */
import type { Event } from "../../event/event.ts";
import { addressBytes, macBytes, u16, u32 } from "./bytes.ts";
import { transportHeader } from "./transport.ts";

/** The first bytes of a packet, and how many it had. */
export interface Frame {
  captured: Uint8Array;
  bytes: number;
}

const ETHERTYPES = { ip4: 0x0800, ip6: 0x86dd, arp: 0x0806 } as const;
/** Ethernet inside of GRE and Geneve. */
const ETHERNET_INSIDE = 0x6558;
const UDP = 17;
const GRE = 47;

/** Headers, and how many bytes follow them that nobody kept. */
interface Part {
  header: number[];
  restBytes: number;
}

/** null: too little is known of the packet's headers. */
export function frameOf(event: Event, link: "ethernet" | "ip"): Frame | null {
  const inner = innermost(event);
  if (inner === null || (link === "ip" && event.network === "arp")) return null;
  const outer = event.tunnelKind === undefined ? inner : tunnelled(event, inner);
  if (outer === null) return null;
  const network = outer === inner ? event.network! : networkOf(event.tunnelSource!);
  const header = link === "ip" ? outer.header : [
    ...macBytes(event.destinationMac),
    ...macBytes(event.sourceMac),
    ...(event.vlan === undefined ? [] : [...u16(0x8100), ...u16(event.vlan)]),
    ...u16(ETHERTYPES[network]),
    ...outer.header,
  ];
  return { captured: new Uint8Array(header), bytes: header.length + outer.restBytes };
}

const networkOf = (address: string) => address.includes(":") ? "ip6" : "ip4";

function innermost(event: Event): Part | null {
  const { network, source, destination } = event;
  if (network === undefined || source === undefined || destination === undefined) return null;
  if (network === "arp") return { header: arp(event, source, destination), restBytes: 0 };
  const isFirst = (event.fragmentOffset ?? 0) === 0;
  const transport = isFirst ? transportHeader(event) : [];
  const isFragment6 = network === "ip6" && event.fragmentOffset !== undefined;
  const extension = isFragment6 ? fragmentHeader(event) : [];
  const fixed = (network === "ip4" ? 20 : 40) + extension.length;
  const bytes = Math.max(event.ipLength ?? 0, fixed + transport.length);
  const header = ipHeader({
    source,
    destination,
    protocol: isFragment6 ? 44 : event.protocol ?? 255,
    bytes,
    id: event.ipId,
    ttl: event.ttl,
    fragment: (event.ipFlags ?? 0) << 13 | (event.fragmentOffset ?? 0) >> 3,
  });
  return {
    header: [...header, ...extension, ...transport],
    restBytes: bytes - fixed - transport.length,
  };
}

function fragmentHeader(
  { protocol = 255, fragmentOffset = 0, ipFlags = 0, ipId }: Event,
): number[] {
  return [protocol, 0, ...u16(fragmentOffset & 0xfff8 | ipFlags & 1), ...u32(ipId)];
}

function arp({ arpOperation, arpSenderMac }: Event, source: string, destination: string): number[] {
  const addresses = [
    ...[...macBytes(arpSenderMac), ...addressBytes(source)],
    ...[...macBytes(undefined), ...addressBytes(destination)],
  ];
  return [...u16(1), ...u16(ETHERTYPES.ip4), 6, 4, ...u16(arpOperation), ...addresses];
}

interface IpFields {
  source: string;
  destination: string;
  protocol: number;
  /** Of the whole IP packet. */
  bytes: number;
  id?: number | undefined;
  ttl?: number | undefined;
  /** Flags and offset as IPv4 has them. */
  fragment?: number;
}

function ipHeader({ source, destination, protocol, bytes, id, ttl = 0, fragment }: IpFields) {
  const ends = [...addressBytes(source), ...addressBytes(destination)];
  // A packet larger than the field (BIG TCP) says 0 there.
  const length = (all: number) => u16(all > 0xffff ? 0 : all);
  if (networkOf(source) === "ip6") {
    return [...u32(0x60000000), ...length(bytes - 40), protocol, ttl, ...ends];
  }
  return [0x45, 0, ...length(bytes), ...u16(id), ...u16(fragment), ttl, protocol, 0, 0, ...ends];
}

/** The packet with the headers of its tunnel around it; null: of the tunnel too little is known. */
function tunnelled(event: Event, inner: Part): Part | null {
  const { tunnelKind, tunnelSource: source, tunnelDestination: destination, network } = event;
  if (source === undefined || destination === undefined || network === undefined) return null;
  const type = ETHERTYPES[network];
  const ethernet = [...macBytes(undefined), ...macBytes(undefined), ...u16(type), ...inner.header];
  const around = (protocol: number, header: number[]): Part => {
    const bytes = (networkOf(source) === "ip6" ? 40 : 20) + header.length + inner.restBytes;
    const fields = { source, destination, protocol, bytes };
    const ip = ipHeader({ ...fields, id: event.tunnelIpId, ttl: event.tunnelTtl });
    return { header: [...ip, ...header], restBytes: inner.restBytes };
  };
  const udp = (header: number[]): Part => {
    const { tunnelSourcePort, tunnelDestinationPort } = event;
    const length = u16(8 + header.length + inner.restBytes);
    const ports = [...u16(tunnelSourcePort), ...u16(tunnelDestinationPort)];
    return around(UDP, [...ports, ...length, 0, 0, ...header]);
  };
  const id = event.tunnelId;
  const networkId = [...u32((id ?? 0) << 8)];
  const gre = (inside: number, header: number[]) =>
    around(GRE, [...u16(id === undefined ? 0 : 0x2000), ...u16(inside), ...key(id), ...header]);
  switch (tunnelKind) {
    case "vxlan":
      return udp([8, 0, 0, 0, ...networkId, ...ethernet]);
    case "geneve":
      return udp([0, 0, ...u16(ETHERNET_INSIDE), ...networkId, ...ethernet]);
    case "gretap":
      return gre(ETHERNET_INSIDE, ethernet);
    case "gre":
      return gre(type, inner.header);
    case "ipip":
    case "sit":
    case "ip6tnl":
      return around(network === "ip6" ? 41 : 4, inner.header);
    default:
      return null;
  }
}

const key = (id: number | undefined) => id === undefined ? [] : u32(id);
