/** Numbers of the IP protocols and their headers, as IANA lists them. */
import type { Event } from "../../event/event.ts";

/** IP protocol number. */
export const ICMP = 1;
/** IP protocol number: group membership of IPv4. */
export const IGMP = 2;
/** IP protocol number. */
export const TCP = 6;
/** IP protocol number. */
export const UDP = 17;
/** IP protocol number. */
export const ICMP6 = 58;
/** IP protocol number. */
export const SCTP = 132;

/** Protocols by number, as filters and `ss` name them; what is not here is told by its number. */
export const PROTOCOL_NAMES: Readonly<Record<number, string>> = {
  [ICMP]: "icmp",
  [TCP]: "tcp",
  [UDP]: "udp",
  [ICMP6]: "icmp6",
};

/** Bits of the TCP header's flags. */
export const TCP_FLAGS = { fin: 1, syn: 2, rst: 4, ack: 16 } as const;

/** Some of these flags are set. An event without flags has none. */
export const hasFlag = ({ tcpFlags }: Event, flags: number): boolean =>
  ((tcpFlags ?? 0) & flags) !== 0;

/** The first segment of a connection: SYN without ACK. */
export const isConnectRequest = (event: Event): boolean =>
  hasFlag(event, TCP_FLAGS.syn) && !hasFlag(event, TCP_FLAGS.ack);

const [INIT, ABORT] = [1, 6];

/** The first packet of an SCTP association. Its chunk is not told by probes of before it was read. */
export const isAssociationRequest = ({ sctpChunk }: Event): boolean => sctpChunk === INIT;

/** A host ends, or refuses, an SCTP association at once. */
export const isAssociationAbort = ({ sctpChunk }: Event): boolean => sctpChunk === ABORT;

const ECHO_REQUESTS: readonly number[] = [8, 128];

/** The type of an ICMP or ICMPv6 echo request. */
export const isEchoRequest = ({ icmpType }: Event): boolean =>
  icmpType !== undefined && ECHO_REQUESTS.includes(icmpType);

const ECHO_REPLIES: readonly number[] = [0, 129];

/** The type of an ICMP or ICMPv6 echo reply. */
export const isEchoReply = ({ icmpType }: Event): boolean =>
  icmpType !== undefined && ECHO_REPLIES.includes(icmpType);

const MORE_FRAGMENTS = 1;

/** The last fragment of its packet, or a packet that is in one piece. */
export const isLastFragment = ({ ipFlags }: Event): boolean =>
  ((ipFlags ?? 0) & MORE_FRAGMENTS) === 0;
