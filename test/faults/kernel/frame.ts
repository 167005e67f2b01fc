/** Whole frames as no honest stack makes them. */
import { macOctets, octetsOf, sockaddrLink } from "./address.ts";
import { cString, inNetns, libc } from "./libc.ts";
import { Socket } from "./socket.ts";

export interface Frame {
  sourceMac: string;
  destinationMac: string;
  source: string;
  destination: string;
  protocol: "tcp" | "udp";
  sourcePort: number;
  destinationPort: number;
  /** Octets of the TCP flags, for example 0x12. */
  flags?: number;
  ttl?: number;
  /** Counted up by the sender, as a kernel does, unless all frames are to be the same. */
  ipId?: number;
  /** What is wrong with it. */
  broken?: "ip" | "payload";
}

export function frameOf(frame: Frame): Uint8Array<ArrayBuffer> {
  const isUdp = frame.protocol === "udp";
  const segment = isUdp ? udpOf(frame) : tcpOf(frame);
  const header = new Uint8Array(20);
  const view = new DataView(header.buffer);
  header.set([0x45, 0]);
  view.setUint16(2, 20 + segment.length);
  view.setUint16(4, frame.ipId ?? 0);
  header.set([frame.ttl ?? 64, isUdp ? 17 : 6], 8);
  header.set(octetsOf(frame.source), 12);
  header.set(octetsOf(frame.destination), 16);
  view.setUint16(10, sum(header) ^ (frame.broken === "ip" ? 0x5555 : 0));
  const pseudo = new Uint8Array(12);
  pseudo.set(header.subarray(12, 20));
  pseudo[9] = header[9]!;
  new DataView(pseudo.buffer).setUint16(10, segment.length);
  const check = sum(new Uint8Array([...pseudo, ...segment])) ^
    (frame.broken === "payload" ? 0x5555 : 0);
  new DataView(segment.buffer).setUint16(isUdp ? 6 : 16, check);
  const macs = [...macOctets(frame.destinationMac), ...macOctets(frame.sourceMac)];
  return new Uint8Array([...macs, 0x08, 0x00, ...header, ...segment]);
}

function udpOf({ sourcePort, destinationPort }: Frame): Uint8Array<ArrayBuffer> {
  const bytes = new Uint8Array(8 + 24).fill(0x7a, 8);
  const view = new DataView(bytes.buffer);
  view.setUint16(0, sourcePort);
  view.setUint16(2, destinationPort);
  view.setUint16(4, bytes.length);
  return bytes;
}

function tcpOf({ sourcePort, destinationPort, flags = 0x02 }: Frame): Uint8Array<ArrayBuffer> {
  const bytes = new Uint8Array(20);
  const view = new DataView(bytes.buffer);
  view.setUint16(0, sourcePort);
  view.setUint16(2, destinationPort);
  view.setUint32(4, 0x01020304);
  view.setUint32(8, (flags & 0x10) === 0 ? 0 : 0x05060708);
  bytes.set([0x50, flags, 0xff, 0xff], 12);
  return bytes;
}

/** The internet checksum. */
export function sum(bytes: Uint8Array): number {
  let total = 0;
  for (let i = 0; i < bytes.length; i += 2) total += (bytes[i]! << 8) | (bytes[i + 1] ?? 0);
  while (total > 0xffff) total = (total & 0xffff) + (total >> 16);
  return total ^ 0xffff;
}

/** Sends frames through a device of a namespace, below its stack. */
export function sendFrames(netns: string, device: string, frame: Frame, count: number): void {
  const ifindex = inNetns(netns, () => libc.if_nametoindex(cString(device)));
  const socket = Socket.frames(netns);
  try {
    const to = sockaddrLink(ifindex, 0x0800);
    for (let i = 1; i <= count; i++) socket.sendTo(frameOf({ ipId: 0x1000 + i, ...frame }), to);
  } finally {
    socket.close();
  }
}
