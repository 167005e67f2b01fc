/**
 * Frees at the socket, and reasons that name their cause by themselves. Functions of Linux 5.15 to
 * 6.18, reasons of 5.17 to 6.18.
 */
import type { Event } from "../../event/event.ts";
import { freedIn, givesReason, hasReason } from "./free_reason.ts";
import { ICMP, ICMP6, TCP, UDP } from "./protocols.ts";

/** The kernel says that no socket takes the packet. */
export const saysNoSocket = ({ reason }: Event): boolean => reason === "NO_SOCKET";

/** Freed, on a kernel without reasons, by the function that looks for the packet's socket. */
export const isSocketLookupWithoutReason = (event: Event): boolean =>
  event.reason === undefined && freedIn(event, /^(tcp_v[46]_rcv|__udp[46]_lib_rcv)$/);

/**
 * Freed, on a kernel without reasons, by the function that looks for the UDP socket of a tunnel.
 * The functions of tunnels have other suffixes than those of other sockets.
 */
export const isTunnelSocketLookupWithoutReason = (event: Event): boolean =>
  event.reason === undefined && freedIn(event, /^__udp/);

/**
 * A datagram to many (IPv4), at a host where no program wants it: of all that this function frees the
 * kernel gives no reason for this alone. Not on kernels without reasons, where a checksum looks alike.
 */
export const isWantedByNoSocket = (event: Event): boolean =>
  event.reason === "NOT_SPECIFIED" && freedIn(event, /^__udp4_lib_(rcv|mcast_deliver)$/);

/** No room in the socket's receive buffer, its backlog, or the memory of its protocol. */
export const isReceiveBufferFull = (event: Event): boolean =>
  hasReason(event, /^(SOCKET_RCVBUFF|PROTO_MEM|SOCKET_BACKLOG)$/);

/**
 * Freed, on a kernel that gives no reason there, by the function that puts a datagram into its socket's queue:
 * the queue was full, or a filter, a policy or the checksum refused it (Linux 5.10 to 5.17).
 */
export const isUntoldSocketRefusal = (event: Event): boolean =>
  event.kind === "drop" && event.protocol === UDP && !givesReason(event) &&
  freedIn(event, /^_*udp(v6)?_queue_rcv_(one_)?skb/);

/** The listener's accept queue had no room for the connection. */
export const isListenOverflow = ({ reason }: Event): boolean => reason === "TCP_LISTEN_OVERFLOW";

/** A checksum is wrong: of the IP header, or of what it carries. */
export const isChecksumError = (event: Event): boolean =>
  hasReason(event, /^(TCP_CSUM|UDP_CSUM|IP_CSUM|ICMP_CSUM|SKB_CSUM|CSUM)$/);

/** Tells, of a checksum error, that the wrong checksum is the IP header's. */
export const isOfIpHeader = (event: Event): boolean => hasReason(event, /^IP_/);

/** What is wrong with a segment's signature (TCP MD5, TCP-AO). */
export type SignatureFault = "missing" | "unexpected" | "wrong" | "key-unknown" | "malformed";

/** By reason: those of MD5 from 5.17, those of TCP-AO from 6.7. */
const SIGNATURE_FAULTS: ReadonlyMap<string, SignatureFault> = new Map([
  ["TCP_MD5NOTFOUND", "missing"],
  ["TCP_MD5UNEXPECTED", "unexpected"],
  ["TCP_MD5FAILURE", "wrong"],
  ["TCP_AONOTFOUND", "missing"],
  ["TCP_AOUNEXPECTED", "unexpected"],
  ["TCP_AOFAILURE", "wrong"],
  ["TCP_AOKEYNOTFOUND", "key-unknown"],
  ["TCP_AUTH_HDR", "malformed"],
]);

/** What the kernel says is wrong with the segment's signature; undefined of other frees. */
export const signatureFault = ({ reason }: Event): SignatureFault | undefined =>
  SIGNATURE_FAULTS.get(reason ?? "");

/** A BPF filter of the socket, of its cgroup, or of a tun device's program refused it. */
export const isSocketFilterDrop = (event: Event): boolean =>
  hasReason(event, /^(SOCKET_FILTER|BPF_CGROUP_EGRESS|BPF_CGROUP_INGRESS|CGROUP_|TAP_FILTER)/);

/** A policy or state of IPsec (xfrm) refused it. */
export const isIpsecDrop = (event: Event): boolean => hasReason(event, /^XFRM_/);

/** Freed without a reason where IPsec makes what it sends, which frees only what it can't send. */
export const isRefusedByIpsecSender = (event: Event): boolean =>
  event.kind === "drop" && !givesReason(event) &&
  freedIn(event, /^xfrm_output(2|_one|_resume)?(\.|$)/);

/**
 * Freed, without a reason, by the function that looks an IPsec packet's state up, checks it and
 * decrypts it: it frees what it refuses, and nothing else (Linux 5.15 to 6.18).
 */
export const isRefusedByIpsecReceiver = (event: Event): boolean =>
  event.kind === "drop" && !givesReason(event) && freedIn(event, /^xfrm_input/);

/** The receive queue of a CPU (`net.core.netdev_max_backlog`) had no room. */
export const isCpuBacklogFull = ({ reason }: Event): boolean => reason === "CPU_BACKLOG";

const ECHO_REQUEST_4 = 8;

/**
 * An ICMP echo request that `icmp_rcv` freed as one to all of a link, or to a group, because of
 * `net.ipv4.icmp_echo_ignore_broadcasts`: its reason is `INVALID_PROTO` where there are reasons
 * (5.17).
 */
export const isIgnoredBroadcastEcho = (event: Event): boolean =>
  event.kind === "drop" && freedIn(event, /^icmp_rcv$/) && event.icmpType === ECHO_REQUEST_4 &&
  (!givesReason(event) || event.reason === "INVALID_PROTO");

const ECHO_REQUEST_6 = 128;

/**
 * An ICMPv6 echo request that `icmpv6_rcv` freed as a drop, without a reason: it could not be
 * answered, or `net.ipv6.icmp.echo_ignore_all` is set.
 */
export const isUnansweredEcho6 = (event: Event): boolean =>
  event.function === "icmpv6_rcv" && event.icmpType === ECHO_REQUEST_6;

/** Linux takes ports of clients from here on (`net.ipv4.ip_local_port_range`). */
export const CLIENT_PORT_MIN = 32_768;

/** Protocols that every kernel takes: freed so, it was something before them in the packet. */
const ALWAYS_TAKEN: ReadonlySet<number> = new Set([ICMP, TCP, UDP, ICMP6]);

/** [Linux 5.17] Neither a protocol of the kernel nor a raw socket takes the packet. */
export const isUnknownProtocol = ({ kind, reason, protocol }: Event): boolean =>
  kind === "drop" && reason === "IP_NOPROTO" && protocol !== undefined &&
  !ALWAYS_TAKEN.has(protocol);
