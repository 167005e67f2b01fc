/**
 * Packet lines of the scripts (`bpf/lib/emit.bt`) to events. A packet line may be followed by
 * lines of the same processor and skb: T (outer header), Q (quoted packet), C (conntrack).
 */
import type { Event, EventKind, TunnelKind } from "../../event/event.ts";
import { readDigest } from "./digests.ts";
import { CONNTRACK, PACKET, QUOTED, TUNNEL } from "./lines.ts";
import { noteSegments, readMeta } from "./meta.ts";
import { readIp4, readIp6, readMac, writeWord } from "./words.ts";

/**
 * Inodes of namespaces are dynamic proc numbers from 0xf0000000, and just below them, since 6.18,
 * the fixed ones of the initial namespaces: smaller numbers are bytes left over in reused memory.
 */
const NETNS_MIN = 0xeffffff0;

const buffer = new DataView(new ArrayBuffer(80));

/**
 * Decodes the columns of a packet line that all scripts print (`PACKET`).
 *
 * Throws RangeError when the line is cut, or has something else where a number should be.
 */
export function decodePacketLine(kind: EventKind, fields: string[]): Event {
  if (fields.length < PACKET.count) throw new RangeError(`has ${fields.length} columns`);
  const event: Event = {
    kind,
    timeNs: BigInt(fields[PACKET.timeNs]!),
    cpu: uint(fields[PACKET.cpu]!),
    skb: fields[PACKET.skb]!,
    head: fields[PACKET.head]!,
  };
  const netns = uint(fields[PACKET.netns]!);
  const ifindex = Number(fields[PACKET.ifindex]);
  const device = fields[PACKET.device]!;
  if (netns >= NETNS_MIN) {
    event.netns = netns;
    if (ifindex > 0 && ifindex < 2 ** 31 && device !== "") {
      event.ifindex = ifindex;
      event.device = device.slice(0, 15);
    }
  }
  event.length = uint(fields[PACKET.length]!);
  readMeta(event, fields[PACKET.meta]!, fields[PACKET.gso]!);
  readFrame(event, fields[PACKET.mac0]!, fields[PACKET.mac1]!);
  readNetwork(event, fields);
  noteSegments(event);
  const mixed = parseInt(fields[PACKET.rank]!, 16);
  event.rank = rankOf(mixed);
  readDigest(event, Math.floor(mixed / 2 ** 20));
  return event;
}

function uint(text: string): number {
  const value = Number(text);
  if (!(value >= 0) || text === "") throw new RangeError(`"${text}" is not a number`);
  return value;
}

/** The lowest rank of what begins, ends or refuses something. */
const URGENT = 16;

/** [O22] How many masks tell it, by the bits that are 0; what may look otherwise at another hop has none. */
function rankOf(mixed: number): number {
  const meaning = (mixed >>> 16) & 3;
  const bits = mixed & 0xffff;
  const zeros = bits === 0 ? 16 : 31 - Math.clz32(bits & -bits);
  if (meaning === 1) return URGENT + zeros;
  return meaning === 2 ? 0 : Math.min(zeros, URGENT - 1);
}

function readFrame(event: Event, first: string, second: string): void {
  if (first === "0" && second === "0") return;
  writeWord(buffer, 0, first);
  writeWord(buffer, 8, second);
  event.destinationMac = readMac(buffer, 0);
  event.sourceMac = readMac(buffer, 6);
}

function readNetwork(event: Event, fields: string[]): void {
  const head = parseInt(fields[PACKET.headers]!, 16);
  const family = head & 0xff;
  const protocol = (head >>> 8) & 0xff;
  // The offset of the transport header is modulo 2^48: nothing when the header was not found.
  const offset = Math.floor(head / 65_536) & 0xffff;
  for (let i = 0; i < 8; i++) writeWord(buffer, i * 8, fields[PACKET.ip0 + i] ?? "0");
  if (family === 1) return readArp(event);
  if (family !== 4 && family !== 6) return;
  event.protocol = protocol;
  if (family === 4) readHeader4(event);
  else readHeader6(event, fields[PACKET.fragment]!);
  if (event.fragmentOffset === undefined || event.fragmentOffset === 0) {
    readTransport(event, protocol, (event.ipLength ?? 0) - offset, buffer, 40);
  }
}

function readArp(event: Event): void {
  event.network = "arp";
  event.arpOperation = buffer.getUint16(6);
  event.arpSenderMac = readMac(buffer, 8);
  event.source = readIp4(buffer, 14);
  event.destination = readIp4(buffer, 24);
}

function readHeader4(event: Event): void {
  event.network = "ip4";
  event.ipLength = buffer.getUint16(2);
  // BIG TCP carries no length in the header.
  if (event.ipLength === 0) event.ipLength = event.length ?? 0;
  event.ipId = buffer.getUint16(4);
  const fragment = buffer.getUint16(6);
  const flags = fragment >>> 13 & 3;
  if (flags !== 0) event.ipFlags = (flags & 1 ? 1 : 0) | (flags & 2 ? 2 : 0);
  if ((fragment & 0x1fff) !== 0 || (flags & 1) !== 0) {
    event.fragmentOffset = (fragment & 0x1fff) * 8;
  }
  event.ttl = buffer.getUint8(8);
  event.source = readIp4(buffer, 12);
  event.destination = readIp4(buffer, 16);
}

function readHeader6(event: Event, fragment: string): void {
  event.network = "ip6";
  event.ipLength = buffer.getUint16(4) + 40;
  event.ttl = buffer.getUint8(7);
  event.source = readIp6(buffer, 8);
  event.destination = readIp6(buffer, 24);
  if (fragment === "0") return;
  // The identification in the low word, a marker bit, the offset and flag word from bit 40.
  const view = new DataView(new ArrayBuffer(8));
  writeWord(view, 0, fragment);
  event.ipId = view.getUint32(0);
  const word = view.getUint16(5);
  event.fragmentOffset = word & 0xfff8;
  if (word & 1) event.ipFlags = 1;
}

/** `length` is what the IP header leaves for the transport header and its payload. */
function readTransport(
  event: Event,
  protocol: number,
  length: number,
  view: DataView,
  at: number,
): void {
  if (protocol === 6) {
    readPorts(event, view, at);
    event.tcpSequence = view.getUint32(at + 4);
    event.tcpAcknowledgement = view.getUint32(at + 8);
    event.tcpFlags = view.getUint8(at + 13);
    event.checksum = view.getUint16(at + 16);
    event.payload = Math.max(0, length - (view.getUint8(at + 12) >> 4) * 4);
  } else if (protocol === 17 || protocol === 136 || protocol === 132) {
    readPorts(event, view, at);
    if (protocol === 132) event.sctpChunk = view.getUint8(at + 12);
    else event.checksum = view.getUint16(at + 6);
    event.payload = Math.max(0, length - 8);
  } else if (protocol === 1 || protocol === 58) {
    event.icmpType = view.getUint8(at);
    event.icmpCode = view.getUint8(at + 1);
    event.checksum = view.getUint16(at + 2);
    event.payload = Math.max(0, length - 8);
    readIcmp(event, protocol, view, at);
  } else event.payload = Math.max(0, length);
}

function readPorts(event: Event, view: DataView, at: number): void {
  event.sourcePort = view.getUint16(at);
  event.destinationPort = view.getUint16(at + 2);
}

function readIcmp(event: Event, protocol: number, view: DataView, at: number): void {
  const type = event.icmpType!;
  const echo = protocol === 1 ? type === 0 || type === 8 : type === 128 || type === 129;
  if (echo) {
    event.icmpId = view.getUint16(at + 4);
    event.icmpSequence = view.getUint16(at + 6);
  }
  if (protocol === 1 && type === 3 && event.icmpCode === 4) event.mtu = view.getUint16(at + 6);
  if (protocol === 58 && type === 2) event.mtu = view.getUint32(at + 4);
  if (protocol === 58 && (type === 135 || type === 136)) event.gateway = readIp6(view, at + 8);
}

const TUNNELS: (TunnelKind | undefined)[] = [undefined, "vxlan", "geneve", "ipip", "gre", "gretap"];

/** Adds the outer header around a packet: a line T (`TUNNEL`). */
export function addTunnel(event: Event, fields: string[]): void {
  const head = parseInt(fields[TUNNEL.headers]!, 16);
  const family = (head >>> 8) & 0xff;
  const protocol = (head >>> 16) & 0xff;
  const kind = tunnelKind(TUNNELS[head & 0xff], family, protocol, event.network);
  if (kind === undefined) return;
  event.tunnelKind = kind;
  for (let i = 0; i < 7; i++) writeWord(buffer, i * 8, fields[TUNNEL.id + i] ?? "0");
  if (kind === "vxlan" || kind === "geneve") event.tunnelId = buffer.getUint32(0) >>> 8;
  else if (kind === "gre" || kind === "gretap") event.tunnelId = buffer.getUint32(0);
  const read = family === 6 ? readIp6 : readIp4;
  event.tunnelSource = read(buffer, 8);
  event.tunnelDestination = read(buffer, 24);
  const ports = parseInt(fields[TUNNEL.ports]!, 16);
  if (ports !== 0) {
    event.tunnelSourcePort = swap(ports & 0xffff);
    event.tunnelDestinationPort = swap((ports >>> 16) & 0xffff);
  }
  if (family === 4) event.tunnelIpId = buffer.getUint16(48);
  event.tunnelTtl = family === 4 ? buffer.getUint8(52) : buffer.getUint8(51);
}

function tunnelKind(
  kind: TunnelKind | undefined,
  family: number,
  protocol: number,
  network: Event["network"],
): TunnelKind | undefined {
  if (kind !== "ipip" || protocol === 17) return kind;
  if (family === 6) return "ip6tnl";
  return network === "ip6" ? "sit" : "ipip";
}

const swap = (port: number) => ((port & 0xff) << 8) | (port >> 8);

/** Adds the packet that an ICMP error is about: a line Q (`QUOTED`). */
export function addQuoted(event: Event, fields: string[]): void {
  for (let i = 0; i < 6; i++) writeWord(buffer, i * 8, fields[QUOTED.ip0 + i] ?? "0");
  const version = buffer.getUint8(0) >> 4;
  if (version !== 4 && version !== 6) return;
  const protocol = buffer.getUint8(version === 4 ? 9 : 6);
  event.quotedProtocol = protocol;
  event.quotedSource = version === 4 ? readIp4(buffer, 12) : readIp6(buffer, 8);
  event.quotedDestination = version === 4 ? readIp4(buffer, 16) : readIp6(buffer, 24);
  if (version === 4) event.quotedIpId = buffer.getUint16(4);
  if (protocol === 1 || protocol === 58) event.quotedSourcePort = buffer.getUint16(44);
  else if (protocol === 6 || protocol === 17) {
    event.quotedSourcePort = buffer.getUint16(40);
    event.quotedDestinationPort = buffer.getUint16(42);
  }
}

/** Adds what conntrack knows of a packet's connection: a line C (`CONNTRACK`). */
export function addConntrack(event: Event, fields: string[]): void {
  const info = parseInt(fields[CONNTRACK.info]!, 16);
  event.conntrackDirection = info >= 3 ? "reply" : "original";
  event.conntrackStatus = parseInt(fields[CONNTRACK.status]!, 16) >>> 0;
  for (let i = 0; i < 8; i++) {
    buffer.setUint32(i * 4, parseInt(fields[CONNTRACK.source0 + i] ?? "0", 16), true);
  }
  const read = event.network === "ip6" ? readIp6 : readIp4;
  event.conntrackSource = read(buffer, 0);
  event.conntrackDestination = read(buffer, 16);
  const protocol = event.protocol;
  const icmp = protocol === 1 || protocol === 58;
  if (icmp || protocol === 6 || protocol === 17 || protocol === 132) {
    event.conntrackSourcePort = swap(parseInt(fields[CONNTRACK.sourcePort]!, 16) & 0xffff);
  }
  if (!icmp && event.conntrackSourcePort !== undefined) {
    event.conntrackDestinationPort = swap(
      parseInt(fields[CONNTRACK.destinationPort]!, 16) & 0xffff,
    );
  }
}
