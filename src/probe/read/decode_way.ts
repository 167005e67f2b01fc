/** Lines W of the recorder (`bpf/lib/way.bt`) to events: hops of a packet that died later. */
import type { Event } from "../../event/event.ts";
import { addTunnel, decodePacketLine } from "./decode_packet.ts";
import { PACKET, TUNNEL, WAY } from "./lines.ts";

const MASK_32 = 0xffffffffn;
const UDP = 17;
const IP_IN_IP = 4;

/**
 * The hop as an event, with what was kept of it: no MACs, no segments, and of TCP no checksum. It has
 * no rank, since by its rank it was not told. Null where it is not known on which device that was: the
 * device is no more, and its memory may be another one's. Throws RangeError when the line is cut.
 */
export function decodeWayLine(fields: string[]): Event | null {
  if (fields.length < WAY.count) throw new RangeError(`has ${fields.length} columns`);
  if ((Number(fields[WAY.ifindex]) & 0xffff) !== Number(fields[WAY.keptIfindex])) return null;
  const word = (at: number) => BigInt(`0x${fields[at]}`);
  const text = (at: number) => fields[at]!;
  const head = word(WAY.head);
  const family = Number(head & 15n);
  const tunnel = Number((head >> 4n) & 15n);
  const protocol = Number((head >> 8n) & 255n);
  const skb = word(WAY.skb);
  const isIp6 = family === 6;
  const packet = Array<string>(PACKET.count).fill("0");
  packet[PACKET.timeNs] = text(WAY.timeNs);
  packet[PACKET.cpu] = text(WAY.cpu);
  packet[PACKET.skb] = (skb & ~1n).toString(16);
  packet[PACKET.netns] = text(WAY.netns);
  packet[PACKET.ifindex] = text(WAY.ifindex);
  packet[PACKET.device] = text(WAY.device);
  packet[PACKET.length] = String((head >> 32n) & 0xffffffn);
  packet[PACKET.meta] = (head >> 56n).toString(16);
  packet[PACKET.headers] = (BigInt(family) + (head & 0xffffff00n)).toString(16);
  packet[PACKET.ip0] = text(WAY.ip0);
  packet[PACKET.ip0 + 1] = text(WAY.ip1);
  packet[PACKET.ip0 + 2] = text(WAY.ip2);
  if (isIp6) {
    packet[PACKET.ip0 + 3] = text(WAY.extra0);
    packet[PACKET.ip0 + 4] = text(WAY.extra1);
  }
  packet[PACKET.l0] = text(WAY.l0);
  packet[PACKET.l1] = text(WAY.l1);
  const event = decodePacketLine((skb & 1n) === 1n ? "device-tx" : "device-rx", packet);
  delete event.head;
  delete event.rank;
  if (protocol === 6) delete event.checksum;
  if (tunnel !== 0) addTunnel(event, outerOf(fields, tunnel, word));
  return event;
}

/** The outer header, which is IPv4, as a line T has it. */
function outerOf(fields: string[], tunnel: number, word: (at: number) => bigint): string[] {
  const addresses = word(WAY.extra0);
  const ports = word(WAY.extra1) & MASK_32;
  // Only whether it is UDP is asked of the outer protocol, and only of what may also be IP in IP.
  const protocol = ports !== 0n ? UDP : IP_IN_IP;
  const outer = Array<string>(TUNNEL.count).fill("0");
  outer[TUNNEL.headers] = (tunnel + (4 << 8) + (protocol << 16)).toString(16);
  outer[TUNNEL.id] = (word(WAY.extra1) >> 32n).toString(16);
  outer[TUNNEL.source0] = (addresses & MASK_32).toString(16);
  outer[TUNNEL.destination0] = (addresses >> 32n).toString(16);
  outer[TUNNEL.ports] = ports.toString(16);
  outer[TUNNEL.idAndTtl] = fields[WAY.extra2]!;
  return outer;
}
