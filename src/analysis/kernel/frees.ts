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
import { benignity } from "./benignity.ts";
import { freedIn, givesReason } from "./free_reason.ts";
import { isTakenByNoProtocol } from "./refusing_devices.ts";

/**
 * The program of a tun or tap device has read the packet, which the device was handed: it is on the wire of
 * that device then. `tun_do_read`, drivers/net/tun.c.
 */
export const isReadByTunProgram = (event: Event): boolean =>
  event.kind === "consume" && freedIn(event, /^tun_do_read/);

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

/** The free of a copy that was made to be looked at: it says nothing of its original. */
export function isSideCopy(event: Event): boolean {
  if (!isFree(event)) return false;
  const means = benignity(event);
  return means === "copy" || means === "branch";
}

/**
 * The free of the clone that policies of IPsec are asked with about what an ICMP error quotes. It is always
 * made there, so its skb is another one than that of a packet before.
 */
export const isQuoteCopy = (event: Event): boolean =>
  isFree(event) && freedIn(event, /^xfrm_icmp_flow_decode/);

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

/** [O2] The kernel counts this free as a drop, but no packet is lost by it. */
export function isRoutineDrop(event: Event): boolean {
  if (isTapCopy(event)) return true;
  // The reset's socket is gone already, so the reset is not needed: its drop is no loss.
  const isReset = event.protocol === TCP && hasFlag(event, TCP_FLAGS.rst);
  if (isReset && event.reason === "NO_SOCKET") return true;
  const means = benignity(event);
  return means !== null && means !== "branch";
}

/**
 * [O17] Freed from the queue of a socket that was closed before it was read: it had arrived. A clone
 * may be in such a queue, too, so the free speaks for the packet only where the skb was received.
 */
export const isFreedFromSocket = (event: Event): boolean =>
  event.kind === "drop" && benignity(event) === "arrived";

/**
 * [O17] Such a free of an echo's answer: whatever of ICMP is in an inet socket's queue is a clone that a
 * raw socket was given, as that of a ping which ended before it had read a second answer.
 */
export const isUnreadEcho = (event: Event): boolean =>
  isFreedFromSocket(event) && freedIn(event, /^inet_sock_destruct/) &&
  ((event.protocol === 1 && event.icmpType === 0) ||
    (event.protocol === 58 && event.icmpType === 129));

/** Functions of TCP that free both duplicates, which lose nothing, and data that they refuse. */
const TCP_UNTOLD =
  /^tcp_(data_queue|rcv_established|rcv_state_process|ack|validate_incoming|child_process|timewait)/;

/** A drop of TCP's that gives no reason, in a function where it may or may not be a loss. */
export function isUnexplainedTcpDrop(event: Event): boolean {
  if (event.kind !== "drop" || event.protocol !== TCP) return false;
  // What a closed connection still gets (TIME_WAIT) is freed where there may be no socket at all. On kernels
  // without reasons one that asks for a connection, or answers so, has found none.
  if (freedIn(event, /^tcp_v[46]_rcv$/)) {
    return event.reason === "NOT_SPECIFIED" ||
      (event.reason === undefined && !hasFlag(event, TCP_FLAGS.syn));
  }
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
 * IP's receive function, which checks for `PACKET_OTHERHOST`. A port that gives nothing to IP, as the backup of
 * a bond, frees such a copy of what is flooded before that: no host lost it there.
 */
export const isAnothersFrame = (event: Event): boolean =>
  event.kind === "drop" && (hasOtherHostReason(event) ||
    (event.packetType === "otherhost" &&
      (freedIn(event, /^ip6?v?6?_rcv/) || isTakenByNoProtocol(event))));

/**
 * [O2] What went to all of a link, freed where IP would forward it: this host is none of those that it is
 * for, as one whose bridge has no address of that network, and what came so is forwarded by no host.
 * A packet for one host in a frame for a group (multicast) is not meant.
 */
export const isBroadcastForOthers = (event: Event): boolean =>
  event.packetType === "broadcast" && isFreedAsTransit(event);

/** Dropped where IPv4 would send it on, because its destination is not here. */
export const isFreedAsTransit = (event: Event): boolean =>
  event.kind === "drop" && freedIn(event, /^ip_(error|forward)(\.|$)/);

/**
 * Reasons and functions of what a packet passes before a driver gets it: tc, queue, neighbour. A
 * queueing discipline that is reset frees its packets itself, or when the lock of links is let go.
 */
const BEFORE_SENDING = /^(TC_EGRESS|QDISC_|NEIGH_)/;
const SENDING =
  /^(__dev_queue_xmit|__dev_xmit_skb|sch_handle_egress|neigh_|__neigh_|qdisc_reset|(__)?rtnl_unlock)/;

/** Dropped on its way to a device's driver, which therefore never sent it. */
export const isDropBeforeSending = (event: Event): boolean =>
  event.kind === "drop" && (BEFORE_SENDING.test(event.reason ?? "") || freedIn(event, SENDING));

/** Freed when its fragments were put together: the first one lives on as the whole packet. */
export const isReassembled = (event: Event): boolean =>
  event.function === "inet_frag_reasm_prepare";
