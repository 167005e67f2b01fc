/** Packets that the kernel frees while IPsec, in transport mode, makes room behind their IP header. */
import type { Event } from "../../event/event.ts";
import { PACKET } from "./lines.ts";
import { readIp4, writeWord } from "./words.ts";

/** What was read where the transport's header is no more. */
const READ_THERE = [
  ...["sourcePort", "destinationPort", "tcpSequence", "tcpAcknowledgement", "tcpFlags"] as const,
  ...[
    "checksum",
    "payload",
    "sctpChunk",
    "icmpType",
    "icmpCode",
    "icmpId",
    "icmpSequence",
  ] as const,
  ...["mtu", "gateway"] as const,
];

/** Bytes from the moved IPv4 header's end: what is left of the old one's addresses, and the ports. */
const [SOURCE, DESTINATION, PORTS] = [8, 12, 16];

const view = new DataView(new ArrayBuffer(24));

/**
 * The IP header has moved to the front by as much as IPsec adds, 16 bytes for AES-GCM, and the data
 * begins behind it: what the script read there is of neither header, and is forgotten. TCP's ports are
 * among it where what is left of the old header shows where they are.
 */
export function forgetMoved(event: Event, fields: readonly string[]): void {
  const { protocol, network, length, ipLength, source, destination } = event;
  if (!event.function?.startsWith("xfrm_output")) return;
  if (length === undefined || ipLength === undefined || length >= ipLength) return;
  for (const name of READ_THERE) delete event[name];
  if (network !== "ip4" || protocol !== 6) return;
  for (let i = 0; i < 3; i++) writeWord(view, i * 8, fields[PACKET.ip0 + 5 + i] ?? "0");
  if (readIp4(view, SOURCE) !== source || readIp4(view, DESTINATION) !== destination) return;
  event.sourcePort = view.getUint16(PORTS);
  event.destinationPort = view.getUint16(PORTS + 2);
}
