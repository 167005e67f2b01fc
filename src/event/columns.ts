/**
 * The columns of an event line, in the order of its tab-separated spelling.
 *
 * The zod schema, the TSV codec and `docs/event.md` all come from this table, so the two spellings
 * of an event cannot drift apart. New columns go at the end: a shorter line reads as absent.
 */
/** What the values of a column are; the ranges: `docs/event.md`. */
export type ColumnType =
  | "kind"
  | "u64"
  | "uint"
  | "hex"
  | "text"
  | "mac"
  | "address"
  | "packetType"
  | "network"
  | "direction"
  | "tunnelKind";

/** One column of an event line. */
export interface Column {
  name: string;
  type: ColumnType;
  /** Largest value of a `uint`, longest length of a `text`. */
  max?: number;
  required?: true;
  meaning: string;
}

/** The kernel's `skb->pkt_type`. */
export const PACKET_TYPES = [
  "host",
  "broadcast",
  "multicast",
  "otherhost",
  "outgoing",
  "loopback",
  "user",
  "kernel",
] as const;

/** The innermost network header. */
export const NETWORKS = ["ip4", "ip6", "arp"] as const;
/** Encapsulations that the scripts see through. */
export const TUNNEL_KINDS = ["vxlan", "geneve", "ipip", "gre", "gretap", "sit", "ip6tnl"] as const;
/** Which way of its connection a packet goes, by conntrack. */
export const DIRECTIONS = ["original", "reply"] as const;

const U16 = 65_535;
const U32 = 4_294_967_295;
/** The largest number that a line may spell: fifteen digits. */
const COUNT_MAX = 999_999_999_999_999;

/** All columns, in the order of the tab-separated spelling. */
export const COLUMNS = [
  { name: "kind", type: "kind", required: true, meaning: "what happened" },
  { name: "timeNs", type: "u64", required: true, meaning: "CLOCK_MONOTONIC of the node, ns" },
  { name: "cpu", type: "uint", max: U16, required: true, meaning: "processor it happened on" },
  {
    name: "skb",
    type: "hex",
    meaning: "address of the sk_buff, without one of the frame; soon reused",
  },
  { name: "head", type: "hex", meaning: "address of the packet's data; clones share it" },
  { name: "netns", type: "uint", max: U32, meaning: "inode of the network namespace" },
  { name: "ifindex", type: "uint", max: U32, meaning: "device number inside the netns" },
  { name: "device", type: "text", max: 15, meaning: "device name at that moment" },
  { name: "length", type: "uint", max: U32, meaning: "skb->len in bytes" },
  { name: "packetType", type: "packetType", meaning: "skb->pkt_type: to whom the frame is" },
  { name: "vlan", type: "uint", max: 4095, meaning: "VLAN id carried beside the frame" },
  { name: "sourceMac", type: "mac", meaning: "Ethernet source of the frame as seen here" },
  { name: "destinationMac", type: "mac", meaning: "Ethernet destination of the frame" },
  { name: "tunnelKind", type: "tunnelKind", meaning: "encapsulation around the packet" },
  { name: "tunnelId", type: "uint", max: U32, meaning: "VNI, or key" },
  { name: "tunnelSource", type: "address", meaning: "outer source address" },
  { name: "tunnelDestination", type: "address", meaning: "outer destination address" },
  { name: "tunnelSourcePort", type: "uint", max: U16, meaning: "outer UDP source port" },
  { name: "tunnelDestinationPort", type: "uint", max: U16, meaning: "outer UDP destination port" },
  { name: "tunnelIpId", type: "uint", max: U16, meaning: "outer IPv4 identification" },
  { name: "tunnelTtl", type: "uint", max: 255, meaning: "outer TTL or hop limit" },
  { name: "network", type: "network", meaning: "innermost network header" },
  { name: "protocol", type: "uint", max: 255, meaning: "IP protocol number, innermost" },
  { name: "source", type: "address", meaning: "innermost source; ARP: sender" },
  { name: "destination", type: "address", meaning: "innermost destination; ARP: target" },
  { name: "sourcePort", type: "uint", max: U16, meaning: "TCP/UDP/SCTP source port" },
  { name: "destinationPort", type: "uint", max: U16, meaning: "TCP/UDP/SCTP destination port" },
  { name: "ipId", type: "uint", max: U32, meaning: "IPv4 identification or IPv6 fragment id" },
  { name: "ttl", type: "uint", max: 255, meaning: "TTL or hop limit" },
  { name: "ipLength", type: "uint", max: U32, meaning: "whole IP packet in bytes, by its header" },
  { name: "fragmentOffset", type: "uint", max: U16, meaning: "bytes; absent when not a fragment" },
  { name: "ipFlags", type: "uint", max: 3, meaning: "1 = more fragments, 2 = don't fragment" },
  { name: "tcpSequence", type: "uint", max: U32, meaning: "TCP sequence number" },
  { name: "tcpAcknowledgement", type: "uint", max: U32, meaning: "TCP acknowledgement number" },
  { name: "tcpFlags", type: "uint", max: 255, meaning: "FIN 1 SYN 2 RST 4 PSH 8 ACK 16 URG 32" },
  { name: "payload", type: "uint", max: U32, meaning: "bytes after the L4 header" },
  { name: "icmpType", type: "uint", max: 255, meaning: "ICMP or ICMPv6 type" },
  { name: "icmpCode", type: "uint", max: 255, meaning: "ICMP or ICMPv6 code" },
  { name: "icmpId", type: "uint", max: U16, meaning: "echo identifier" },
  { name: "icmpSequence", type: "uint", max: U16, meaning: "echo sequence number" },
  { name: "checksum", type: "uint", max: U16, meaning: "L4 checksum field as found" },
  { name: "gsoSize", type: "uint", max: U16, meaning: "bytes per segment of a GSO packet" },
  { name: "gsoSegments", type: "uint", max: U16, meaning: "segments in a GSO packet" },
  { name: "arpOperation", type: "uint", max: U16, meaning: "1 request, 2 reply" },
  { name: "arpSenderMac", type: "mac", meaning: "ARP sender's, or ND option's, link address" },
  { name: "quotedProtocol", type: "uint", max: 255, meaning: "of the packet an ICMP error quotes" },
  { name: "quotedSource", type: "address", meaning: "quoted source" },
  { name: "quotedDestination", type: "address", meaning: "quoted destination" },
  { name: "quotedSourcePort", type: "uint", max: U16, meaning: "quoted port, or ICMP echo id" },
  { name: "quotedDestinationPort", type: "uint", max: U16, meaning: "quoted port" },
  { name: "quotedIpId", type: "uint", max: U16, meaning: "quoted IPv4 identification" },
  { name: "mtu", type: "uint", max: U32, meaning: "next-hop MTU an ICMP error carries" },
  { name: "conntrackDirection", type: "direction", meaning: "set when conntrack knows the packet" },
  { name: "conntrackStatus", type: "uint", max: U32, meaning: "nf_conn status bits" },
  { name: "conntrackSource", type: "address", meaning: "original tuple, as sent" },
  { name: "conntrackDestination", type: "address", meaning: "original tuple, as sent" },
  { name: "conntrackSourcePort", type: "uint", max: U16, meaning: "original tuple; ICMP: id" },
  { name: "conntrackDestinationPort", type: "uint", max: U16, meaning: "original tuple" },
  { name: "function", type: "text", max: 128, meaning: "kernel function that freed or refused it" },
  { name: "reason", type: "text", max: 64, meaning: "drop reason, by this kernel's own name" },
  { name: "reasonNumber", type: "uint", max: U32, meaning: "the same as the kernel's number" },
  { name: "routeTable", type: "uint", max: U32, meaning: "table the lookup was made in" },
  { name: "routeError", type: "uint", max: 4095, meaning: "errno of a failed lookup; 0 = found" },
  { name: "gateway", type: "address", meaning: "next hop the lookup or neighbour is about" },
  { name: "neighbourState", type: "text", max: 16, meaning: "NUD state by name" },
  { name: "neighbourMac", type: "mac", meaning: "link address of the neighbour" },
  { name: "sentIcmpType", type: "uint", max: 255, meaning: "type of the ICMP error sent about it" },
  { name: "sentIcmpCode", type: "uint", max: 255, meaning: "code of the ICMP error sent about it" },
  { name: "socketFamily", type: "uint", max: U16, meaning: "of the reader: 17 when it only looks" },
  { name: "rank", type: "uint", max: 32, meaning: "how scarce telling it may be: rule O22" },
  { name: "reading", type: "uint", max: U32, meaning: "which reading of the counters it is of" },
  { name: "countedAt", type: "uint", max: 2, meaning: "1 received by the device, 2 handed to it" },
  { name: "counted", type: "uint", max: COUNT_MAX, meaning: "packets since the reading before" },
  { name: "uncounted", type: "uint", max: COUNT_MAX, meaning: "packets there that had no counter" },
  { name: "epoch", type: "uint", max: 255, meaning: "stretch of its numbers that they are of" },
  { name: "waited", type: "uint", max: 255, meaning: "readings before that it counts, too" },
  {
    name: "countedBytes",
    type: "uint",
    max: COUNT_MAX,
    meaning: "bytes of payload of those counted",
  },
  {
    name: "sctpChunk",
    type: "uint",
    max: 255,
    meaning: "type of the first chunk of an SCTP packet",
  },
  { name: "ruleFamily", type: "text", max: 8, meaning: "of the table of rule or chain" },
  { name: "ruleTable", type: "text", max: 64, meaning: "nft's table, perhaps cut" },
  {
    name: "ruleChain",
    type: "text",
    max: 64,
    meaning: "chain of the rule; of a drop the hooked one",
  },
  { name: "ruleHandle", type: "uint", max: COUNT_MAX, meaning: "handle of the rule" },
  { name: "rulePosition", type: "uint", max: U32, meaning: "place in its chain, from 1" },
  {
    name: "countedDigest",
    type: "uint",
    max: COUNT_MAX,
    meaning: "sum of what differs in those counted, mixed by a secret",
  },
  {
    name: "refusedBy",
    type: "text",
    max: 64,
    meaning: "function that refused what another one freed",
  },
  {
    name: "countedTogether",
    type: "uint",
    max: COUNT_MAX,
    meaning: "of those counted, segments of packets put together",
  },
  {
    name: "firewallMark",
    type: "uint",
    max: U32,
    meaning: "skb->mark of a packet that was dropped, where it is not 0",
  },
  {
    name: "digest",
    type: "uint",
    max: COUNT_MAX,
    meaning: "what differs in a datagram without an id, mixed by a secret: rule O30",
  },
] as const satisfies readonly Column[];
