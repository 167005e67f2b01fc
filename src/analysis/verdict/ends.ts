/** What the last sighting of a copy says about the copy. Rules O1 to O4. */
import { TCP } from "../correlate/identity.ts";
import type { Step } from "../correlate/links.ts";
import type { Sighting } from "../view/timeline.ts";
import { isMeant, isStrange, ledHere } from "./flood.ts";
import { acceptsAddress, linkOf, stateAt } from "../view/state_view.ts";

export type EndKind =
  /** A socket, or the stack that answers for one, took it. */
  | "delivered"
  /** Taken by the stack of its destination without any sign of a drop. */
  | "taken"
  /** Freed as a drop. */
  | "dropped"
  /** Freed, by a drop or not, in a way that loses nobody's packet. */
  | "routine"
  /** Freed as another host's, flooded by a bridge of the node that its tunnel led to. */
  | "flooded"
  /** Handed to a device; nothing after that. */
  | "left"
  /** Received by a device; nothing after that. */
  | "silent"
  /** Held for want of its next hop's link address, as far as was seen. */
  | "waiting";

export interface End {
  kind: EndKind;
  step: Step;
  /** Happened where the packet's destination lives. */
  atDestination: boolean;
}

/**
 * [O2] Frees that TCP makes of segments that did arrive: duplicates, old ones, resets it obeyed.
 * Names as kernels from 5.17 to 6.18 have them.
 */
const TCP_ROUTINE = new Set([
  ...["TCP_OLD_DATA", "TCP_OLD_SEQUENCE", "TCP_OLD_ACK", "TCP_TOO_OLD_ACK", "TCP_OFOMERGE"],
  ...["TCP_OVERWINDOW", "TCP_ZEROWINDOW", "TCP_RESET", "TCP_CLOSE", "TCP_ACK_UNSENT_DATA"],
  ...["TCP_INVALID_SEQUENCE", "TCP_INVALID_END_SEQUENCE", "TCP_INVALID_ACK_SEQUENCE"],
  ...["TCP_RFC7323_PAWS", "TCP_RFC7323_PAWS_ACK", "TCP_RFC7323_TW_PAWS", "TCP_RFC7323_TSECR"],
  ...["TCP_FLAGS", "TCP_FASTOPEN", "TCP_ABORT_ON_DATA", "TCP_INVALID_SYN", "SOCKET_CLOSE"],
  ...["TCP_OFO_QUEUE_PRUNE", "TCP_OFO_DROP", "TCP_LISTEN_DATA"],
]);

/** Functions that look at a copy, or put it somewhere else: its end says nothing. */
const LOOKERS = new RegExp(
  "^(t?packet_|arp_|run_filter|dev_queue_xmit_nit|" +
    "skb_pp_cow_data|skb_cow_data_for_xdp|veth_convert_skb|nf_queue_|nfqnl|br_flood|deliver_clone|ip6?_mc|ip_mr|skb_queue_purge|netlink_)",
);

const TAPS = /^(t?packet_|run_filter|dev_queue_xmit_nit)/;

/** [O8] They free a copy made to ask for the next hop's address: the packet itself waits. */
const ASKERS = /^(__neigh_event_send|neigh_)/;

/** Functions of the stack that are done with a packet because they took it. */
const TAKERS = new RegExp(
  "^(icmpv?6?_|__?udp|udp|tcp_|__?tcp|raw|ping_|sctp_|dccp_|skb_free_datagram|" +
    "__skb_free_datagram|skb_consume_udp|igmp|ip6?_list|sock_|inet_|napi_consume)",
);

/** Transmit functions of tunnel devices: freed there means it was never sent. */
const TUNNEL_SENDERS =
  /^(vxlan_|geneve_|ip_tunnel_|ip_md_tunnel_|ipip_|__?gre|erspan_|ipip6_|ip6_tnl|ip6gre|sit_|udp_tunnel)/;

export function endOf(step: Step): End {
  const { event } = step;
  const state = stateAt(event.node, event.netns ?? lastNetns(step), event.at);
  const above = event.netns === undefined && step.previous !== null && ownedAbove(step.previous);
  const atDestination = event.tunnelKind === undefined &&
    (above || acceptsAddress(state, event.destination ?? ""));
  return { kind: kindOf(step, atDestination), step, atDestination };
}

function lastNetns(step: Step): number | undefined {
  for (let at: Step | null = step; at; at = at.previous) {
    if (at.event.node !== step.event.node) return undefined;
    if (at.event.netns !== undefined) return at.event.netns;
  }
  return undefined;
}

/** The free of the copy that a neighbour was asked with: the packet itself waits. */
export const isAsk = (event: Sighting) =>
  event.kind === "consume" && ASKERS.test(event.function ?? "");

/** Tells of a packet by itself; other frees and reads are the rest of one that passed before. */
export function isTelling(event: Sighting): boolean {
  switch (event.kind) {
    case "consume":
      return isAsk(event);
    case "drop":
      return !isRoutineDrop(event);
    case "deliver":
      return false;
    default:
      return true;
  }
}

/** TCP frees duplicates and refuses data in the same functions: without a reason it may be either. */
export function isUntold(event: Sighting): boolean {
  if (event.kind !== "drop" || event.protocol !== TCP) return false;
  const by = event.function ?? "";
  // What a closed connection still gets (TIME_WAIT) is freed where there may be no socket at all.
  if (/^tcp_v[46]_rcv$/.test(by)) return event.reason === "NOT_SPECIFIED";
  const told = event.reason !== undefined && event.reason !== "NOT_SPECIFIED";
  return !told &&
    /^tcp_(data_queue|rcv_established|rcv_state_process|ack|validate_incoming|child_process|timewait)/
      .test(by);
}

/** Carries nothing that could be refused: its acknowledgement was read, and that was all of it. */
const isBare = (event: Sighting) => (event.payload ?? 0) === 0 && ((event.tcpFlags ?? 0) & 2) === 0;

/** A packet socket's copy, as tcpdump has of every packet: freed once its filter has seen it. */
export const isTap = (event: Sighting) =>
  isFree(event) && (event.packetType === "outgoing" || TAPS.test(event.function ?? ""));

const isFree = ({ kind }: Sighting) => kind === "drop" || kind === "consume";

/** The end of a copy that was made to be looked at: it says nothing of its original. */
export function isLook(event: Sighting): boolean {
  return isFree(event) && LOOKERS.test(event.function ?? "");
}

function kindOf(step: Step, atDestination: boolean): EndKind {
  const { event } = step;
  switch (event.kind) {
    case "deliver":
      return event.reason === "TAP" ? "routine" : "delivered";
    case "drop":
      if (isLook(event)) return "routine";
      if (isStrange(event) && !isMeant(event, before(step))) {
        return ledHere(sightingsHere(step)) ? "flooded" : "routine";
      }
      if (isUntold(event)) return atDestination && isBare(event) ? "taken" : "routine";
      return isRoutineDrop(event) ? (atDestination ? "taken" : "routine") : "dropped";
    case "consume":
      return consumed(step, atDestination);
    case "device-tx":
      return "left";
    case "device-rx":
      return received(step, atDestination);
    case "icmp-error":
      return "waiting";
    default:
      return "routine";
  }
}

function before(step: Step): Sighting | null {
  for (let at = step.previous; at; at = at.previous) {
    if (at.event.kind === "device-tx") return at.event;
  }
  return null;
}

function sightingsHere(step: Step): Sighting[] {
  const result: Sighting[] = [];
  for (let at: Step | null = step; at?.event.node === step.event.node; at = at.previous) {
    result.push(at.event);
  }
  return result;
}

/** [O2] */
export function isRoutineDrop(event: Sighting): boolean {
  const reason = event.reason ?? "";
  // A datagram ICMP socket clones the reply and frees the original.
  if (event.function === "ping_rcv") return true;
  if (isTap(event)) return true;
  if (event.protocol === TCP) {
    if (TCP_ROUTINE.has(reason)) return true;
    // A reset for a socket that is gone has nothing left to reset.
    if (reason === "NO_SOCKET" && ((event.tcpFlags ?? 0) & 4) !== 0) return true;
  }
  // Fragments, freed as parts of the packet they were put together to.
  if (event.function === "skb_release_data") return true;
  // A socket was closed with the packet in its queue: it had been taken.
  if (reason === "QUEUE_PURGE" || reason === "SOCKET_CLOSE" || reason === "SOCKET_RCV_SHUTDOWN") {
    return !/^neigh/.test(event.function ?? "");
  }
  if (/^(udp_destruct_|udpv6_destruct_|inet_sock_destruct)/.test(event.function ?? "")) return true;
  return reason === "DUP_FRAG" || reason === "SKB_CONSUMED";
}

function consumed(step: Step, atDestination: boolean): EndKind {
  const { event } = step;
  const by = event.function ?? "";
  if (isAsk(event)) return "waiting";
  if (LOOKERS.test(by)) return "routine";
  const before = step.previous?.event;
  if (TUNNEL_SENDERS.test(by) && before?.kind === "device-tx" && before.skb === event.skb) {
    return "dropped";
  }
  if (atDestination && TAKERS.test(by)) return "delivered";
  // Freed after it was sent: the driver is done with it.
  if (before?.kind === "device-tx") return "left";
  return atDestination ? "taken" : "routine";
}

/** [O3] Received where its destination is, addressed to this host, and never dropped there. */
function received(step: Step, atDestination: boolean): EndKind {
  const { event } = step;
  if (event.tunnelKind !== undefined) return "silent";
  // The lower device's MAC is not theirs: to it their frames are another host's.
  if (ownedAbove(step)) return "taken";
  if (event.packetType === "otherhost") return "silent";
  return atDestination && !isBridgePort(step) ? "taken" : "silent";
}

function isBridgePort(step: Step): boolean {
  const { event } = step;
  const link = linkOf(stateAt(event.node, event.netns, event.at), event.ifindex);
  return link?.masterIfindex !== undefined && link.bridgePort !== undefined;
}

/** macvlan and the like receive without a tracepoint of their own, perhaps in another netns. */
function ownedAbove(step: Step): boolean {
  const { event } = step;
  for (const [, list] of event.node.states) {
    for (const link of list.at(-1)!.state.links) {
      if (!/^(macvlan|ipvlan|macvtap|vlan)$/.test(link.kind)) continue;
      // In another netns iproute2 may not tell the lower device: then the MAC decides.
      const isLower = link.peerIfindex === event.ifindex;
      const isFor = link.mac !== undefined && link.mac === event.destinationMac;
      if (link.peerIfindex === undefined ? !isFor : !isLower) continue;
      if (event.destinationMac !== undefined && !isFor) continue;
      if (link.addresses.some((own) => own.address === event.destination)) return true;
    }
  }
  return false;
}

/**
 * [O4] Which copy speaks for the packet: one that arrived; else one that was dropped where the
 * destination is; else one that lives on; else one that was dropped on the way, and a frame
 * flooded to a host that was not meant last of all.
 */
export function rank(end: End): number {
  switch (end.kind) {
    case "delivered":
      return 9;
    case "taken":
      return 8;
    case "dropped":
      if (end.atDestination) return 7;
      return end.step.event.reason === "OTHERHOST" ? 2 : 3;
    case "left":
    case "silent":
      return end.step.event.packetType === "otherhost" && end.kind === "silent" ? 1.5 : 4;
    case "waiting":
      return 1;
    case "flooded":
      return 0.5;
    case "routine":
      return 0;
  }
}
