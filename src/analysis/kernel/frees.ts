/**
 * Room `kernel`, the first: it imports only src/event, and all rooms of the analysis may ask it.
 *
 * What the kernel means when it frees a packet: by the function that freed it and the drop reason.
 *
 * Names of functions are those of Linux 5.15 to 6.18; prefixes stand for a family of functions, and
 * for the suffixes (`.part.0`, `.isra.0`) that compilers add. Names of reasons are those of Linux
 * 5.17, where reasons began, to 6.18; before that `reason` is absent.
 */
import type { Event } from "../../event/event.ts";
import { hasFlag, TCP, TCP_FLAGS } from "./protocols.ts";
import { freedIn, givesReason } from "./free_reason.ts";

/** The kernel freed the skb, as a drop (`kfree_skb`) or not (`consume_skb`). */
export const isFree = ({ kind }: Event): boolean => kind === "drop" || kind === "consume";

/** Packet sockets: they run their filter over a clone of every packet of a device. */
const TAPS = /^(t?packet_|run_filter|dev_queue_xmit_nit)/;

/**
 * The free of a packet socket's copy, as tcpdump has of every packet. Only such copies are marked
 * `PACKET_OUTGOING` when they are freed.
 */
export const isTapCopy = (event: Event): boolean =>
  isFree(event) && (event.packetType === "outgoing" || freedIn(event, TAPS));

/**
 * Functions that look at a copy or put the packet elsewhere: taps, ARP, the making of a copy for an
 * XDP program (veth, generic XDP), a queue to a program (NFQUEUE), clones of a bridge or a multicast
 * router, netlink.
 */
const COPIERS = new RegExp(
  "^(t?packet_|arp_|run_filter|dev_queue_xmit_nit|" +
    "skb_pp_cow_data|skb_cow_data_for_xdp|veth_convert_skb|nf_queue_|nfqnl|br_flood|deliver_clone|ip6?_mc|ip_mr|skb_queue_purge|netlink_)",
);

/** The free of a copy that was made to be looked at: it says nothing of its original. */
export const isSideCopy = (event: Event): boolean => isFree(event) && freedIn(event, COPIERS);

/**
 * [O8] The free, not as a drop, of the clone that a neighbour was asked with (`neigh_probe`, which is
 * inlined into `__neigh_event_send`): the packet itself waits for the neighbour's link address.
 */
export const isSolicitationCopy = (event: Event): boolean =>
  event.kind === "consume" && freedIn(event, /^(__neigh_event_send|neigh_)/);

/** Functions of the stack that free a packet because they took it for a socket or answered it. */
const TAKERS = new RegExp(
  "^(icmpv?6?_|__?udp|udp|tcp_|__?tcp|raw|ping_|sctp_|dccp_|skb_free_datagram|" +
    "__skb_free_datagram|skb_consume_udp|igmp|ip6?_list|sock_|inet_|napi_consume)",
);

/** Freed by a protocol that is done with it, where the packet's destination lives. */
export const isTakenByProtocol = (event: Event): boolean => freedIn(event, TAKERS);

/** Frees that TCP makes of segments that did arrive: duplicates, old ones, resets it obeyed. */
const TCP_ROUTINE = new Set([
  ...["TCP_OLD_DATA", "TCP_OLD_SEQUENCE", "TCP_OLD_ACK", "TCP_TOO_OLD_ACK", "TCP_OFOMERGE"],
  ...["TCP_OVERWINDOW", "TCP_ZEROWINDOW", "TCP_RESET", "TCP_CLOSE", "TCP_ACK_UNSENT_DATA"],
  ...["TCP_INVALID_SEQUENCE", "TCP_INVALID_END_SEQUENCE", "TCP_INVALID_ACK_SEQUENCE"],
  ...["TCP_RFC7323_PAWS", "TCP_RFC7323_PAWS_ACK", "TCP_RFC7323_TW_PAWS", "TCP_RFC7323_TSECR"],
  ...["TCP_FLAGS", "TCP_FASTOPEN", "TCP_ABORT_ON_DATA", "TCP_INVALID_SYN", "SOCKET_CLOSE"],
  ...["TCP_OFO_QUEUE_PRUNE", "TCP_OFO_DROP", "TCP_LISTEN_DATA"],
]);

/** Reasons for the packets in the queue of a socket that was closed or shut down. */
const QUEUE_CLOSED = new Set(["QUEUE_PURGE", "SOCKET_CLOSE", "SOCKET_RCV_SHUTDOWN"]);

/** Destructors of sockets, which purge their queue: not all kernels give QUEUE_PURGE for that. */
const SOCKET_DESTRUCTORS = /^(udp_destruct_|udpv6_destruct_|inet_sock_destruct)/;

/** [O2] The kernel counts this free as a drop, but no packet is lost by it. */
export function isRoutineDrop(event: Event): boolean {
  const reason = event.reason ?? "";
  // A datagram ICMP socket clones the reply and frees the original.
  if (event.function === "ping_rcv") return true;
  if (isTapCopy(event)) return true;
  if (event.protocol === TCP) {
    if (TCP_ROUTINE.has(reason)) return true;
    // The reset's socket is gone already, so the reset is not needed: its drop is no loss.
    if (reason === "NO_SOCKET" && hasFlag(event, TCP_FLAGS.rst)) return true;
  }
  // The fragments of a packet that was put together: they are freed as parts of it.
  if (event.function === "skb_release_data") return true;
  // The socket had taken the packet. A neighbour entry purges its queue for the same reason.
  if (QUEUE_CLOSED.has(reason)) return !freedIn(event, /^neigh/);
  if (freedIn(event, SOCKET_DESTRUCTORS)) return true;
  return reason === "DUP_FRAG" || reason === "SKB_CONSUMED";
}

/** Functions of TCP that free both duplicates, which lose nothing, and data that they refuse. */
const TCP_UNTOLD =
  /^tcp_(data_queue|rcv_established|rcv_state_process|ack|validate_incoming|child_process|timewait)/;

/** A drop of TCP's that gives no reason, in a function where it may or may not be a loss. */
export function isUnexplainedTcpDrop(event: Event): boolean {
  if (event.kind !== "drop" || event.protocol !== TCP) return false;
  // What a closed connection still gets (TIME_WAIT) is freed where there may be no socket at all.
  if (freedIn(event, /^tcp_v[46]_rcv$/)) return event.reason === "NOT_SPECIFIED";
  return !givesReason(event) && freedIn(event, TCP_UNTOLD);
}

/**
 * A segment with neither payload nor SYN: the receiver reads its acknowledgement before it frees it,
 * so that its free loses nothing.
 */
export const isBareSegment = (event: Event): boolean =>
  (event.payload ?? 0) === 0 && !hasFlag(event, TCP_FLAGS.syn);

/** The kernel gives the drop reason `OTHERHOST`: the frame's MAC is another host's. */
export const hasOtherHostReason = ({ reason }: Event): boolean => reason === "OTHERHOST";

/**
 * Dropped because the frame's MAC is another host's: by reason, and where the kernel gives none by
 * IP's receive function, which checks for `PACKET_OTHERHOST`.
 */
export const isAnothersFrame = (event: Event): boolean =>
  event.kind === "drop" && (hasOtherHostReason(event) ||
    (event.packetType === "otherhost" && freedIn(event, /^ip6?v?6?_rcv/)));

/** Reasons and functions of what a packet passes before a driver gets it: tc, queue, neighbour. */
const BEFORE_SENDING = /^(TC_EGRESS|QDISC_|NEIGH_)/;
const SENDING = /^(__dev_queue_xmit|__dev_xmit_skb|sch_handle_egress|neigh_|__neigh_)/;

/** Dropped on its way to a device's driver, which therefore never sent it. */
export const isDropBeforeSending = (event: Event): boolean =>
  event.kind === "drop" && (BEFORE_SENDING.test(event.reason ?? "") || freedIn(event, SENDING));

/** Freed when its fragments were put together: the first one lives on as the whole packet. */
export const isReassembled = (event: Event): boolean =>
  event.function === "inet_frag_reasm_prepare";
