/**
 * What kernels without reasons for drops (Linux 5.10 to 5.16) count where they refuse a packet, by the
 * function that frees it.
 */
import type { Event } from "../../event/event.ts";
import { freedIn } from "./free_reason.ts";
import { UDP } from "./protocols.ts";

/** What one place counts of whom it refuses; names are those of `nstat`. */
export interface RefusalCounters {
  /** Of a wrong checksum. */
  checksum: string;
  /** Of UDP alone: of all that is refused there, whatever for, and of it for want of room. */
  datagrams?: { all: string; room: string; memory: string };
}

const UDP_4: RefusalCounters = {
  checksum: "UdpInCsumErrors",
  datagrams: { all: "UdpInErrors", room: "UdpRcvbufErrors", memory: "UdpMemErrors" },
};
const UDP_6: RefusalCounters = {
  checksum: "Udp6InCsumErrors",
  datagrams: { all: "Udp6InErrors", room: "Udp6RcvbufErrors", memory: "Udp6MemErrors" },
};

/**
 * Functions that check a sum. UDP checks it when the datagram comes for a socket with a filter, or for none,
 * and else when the program reads, or asks how much there is to read.
 */
const PLACES: readonly [RegExp, RefusalCounters][] = [
  [/^(ip_rcv|ip_rcv_core|ip_list_rcv|ip_sublist_rcv)(\.|$)/, { checksum: "IpExtInCsumErrors" }],
  [/^icmp_rcv(\.|$)/, { checksum: "IcmpInCsumErrors" }],
  [/^icmpv6_rcv(\.|$)/, { checksum: "Icmp6InCsumErrors" }],
  // Both families count in the same.
  [/^tcp_v[46]_(rcv|do_rcv)(\.|$)/, { checksum: "TcpInCsumErrors" }],
  [/^(__udp4_lib_rcv|udp_queue_rcv_(one_)?skb|udp_recvmsg)(\.|$)/, UDP_4],
  [/^(__udp6_lib_rcv|udpv6_queue_rcv_(one_)?skb|udpv6_recvmsg)(\.|$)/, UDP_6],
];

/** What is counted where the packet was freed; null where nothing is, or the kernel gives reasons. */
export function untoldRefusal(event: Event): RefusalCounters | null {
  if (event.kind !== "drop" || event.reason !== undefined) return null;
  const place = PLACES.find(([functions]) => freedIn(event, functions));
  if (place !== undefined) return place[1];
  // Asked by both families.
  if (!freedIn(event, /^(__)?first_packet_length(\.|$)/) || event.protocol !== UDP) return null;
  return event.network === "ip6" ? UDP_6 : UDP_4;
}
