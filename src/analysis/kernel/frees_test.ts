/** Each predicate with an event it holds for, and the nearest one it does not hold for. */
import { equal } from "node:assert/strict";
import type { Event } from "../../event/event.ts";
import * as frees from "./frees.ts";
import { isFreedByTunnelSender, isTunnelKind } from "./tunnels.ts";

const event = (kind: Event["kind"], parts: Partial<Event>): Event => ({
  ...{ kind, timeNs: 0n, cpu: 0, ...parts },
});
const drop = (parts: Partial<Event>) => event("drop", parts);
const consume = (by: string) => event("consume", { function: by });

/** Title of a claim, what holds, and what just does not. */
const CLAIMS: [string, (event: Event) => boolean, Event[], Event[]][] = [
  [
    "isTapCopy: a free in a packet socket, or of a packet marked as outgoing",
    frees.isTapCopy,
    [drop({ function: "tpacket_rcv" }), drop({ packetType: "outgoing" })],
    [drop({ function: "ip_rcv" }), event("device-tx", { packetType: "outgoing" })],
  ],
  [
    "isSideCopy: copies of taps, XDP, NFQUEUE, bridges, multicast routers, error queues, raw sockets",
    frees.isSideCopy,
    [
      ...[drop({ function: "packet_rcv" }), drop({ function: "br_flood.part.0" })],
      ...[
        consume("nfqnl_enqueue_packet"),
        consume("xfrm_icmp_flow_decode"),
        drop({ function: "sock_recv_errqueue" }),
      ],
      drop({ function: "skb_queue_purge_reason", reason: "QUEUE_PURGE" }),
      drop({ function: "raw_rcv_skb", reason: "SOCKET_FILTER", protocol: 1 }),
    ],
    [
      drop({ function: "br_handle_frame_finish" }),
      drop({ function: "nfqnl_reinject", reason: "NOT_SPECIFIED" }),
      event("deliver", { function: "packet_rcv" }),
      drop({ function: "raw_rcv_skb", reason: "SOCKET_RCVBUFF", protocol: 1 }),
      drop({ function: "raw_rcv_skb", reason: "SOCKET_FILTER", protocol: 89 }),
      drop({ function: "arp_error_report", reason: "NEIGH_FAILED" }),
    ],
  ],
  [
    "[O17] isFreedFromSocket: the queues of a socket that is closed, not those before a device",
    frees.isFreedFromSocket,
    [
      drop({ function: "skb_rbtree_purge", reason: "NOT_SPECIFIED" }),
      drop({ function: "skb_rbtree_purge" }),
      drop({ function: "sk_stream_kill_queues.part.0" }),
      drop({ function: "udpv6_destruct_sock" }),
      drop({ function: "tcp_fin", reason: "NOT_SPECIFIED" }),
    ],
    [
      drop({ function: "tcp_data_queue_ofo", reason: "PROTO_MEM" }),
      drop({ function: "qdisc_reset", reason: "QUEUE_PURGE" }),
      drop({ function: "skb_queue_purge_reason", reason: "QUEUE_PURGE" }),
      drop({ function: "tcp_finish", reason: "NOT_SPECIFIED" }),
      consume("inet_sock_destruct"),
    ],
  ],
  [
    "isSideCopy: a datagram to all that a host does not want, and not one to the host alone",
    (of) => frees.isSideCopy({ ...of, protocol: 17 }),
    [
      { ...drop({ function: "__udp4_lib_rcv", reason: "NOT_SPECIFIED" }), packetType: "broadcast" },
      { ...drop({ function: "__udp6_lib_rcv", reason: "NOT_SPECIFIED" }), packetType: "multicast" },
      { ...drop({ function: "__udp4_lib_rcv" }), packetType: "broadcast" },
      { ...drop({ function: "ip_rcv_finish_core.constprop.0" }), packetType: "multicast" },
    ],
    [
      { ...drop({ function: "__udp4_lib_rcv" }), packetType: "host" },
      { ...consume("__udp4_lib_rcv"), packetType: "multicast" },
      { ...drop({ function: "__udp4_lib_rcv", reason: "NOT_SPECIFIED" }), packetType: "host" },
      { ...drop({ function: "__udp4_lib_rcv", reason: "UDP_CSUM" }), packetType: "broadcast" },
    ],
  ],
  [
    "[O8] isSolicitationCopy: freed by the neighbour code, and not as a drop",
    frees.isSolicitationCopy,
    [consume("__neigh_event_send"), consume("neigh_probe")],
    [drop({ function: "__neigh_event_send" }), consume("ip_neigh_for_gw")],
  ],
  [
    "isTakenByProtocol: the functions that end a packet which was taken",
    frees.isTakenByProtocol,
    [consume("icmp_rcv"), consume("__skb_free_datagram_locked"), consume("tcp_data_queue")],
    [consume("ip_forward"), event("consume", {})],
  ],
  [
    "[O2] isRoutineDrop: TCP's duplicates, the queue of a closed socket, reassembly",
    frees.isRoutineDrop,
    [
      drop({ protocol: 6, reason: "TCP_OLD_DATA" }),
      drop({ protocol: 6, reason: "NO_SOCKET", tcpFlags: 4 }),
      drop({ reason: "QUEUE_PURGE", function: "sk_stream_kill_queues" }),
      drop({ function: "skb_release_data" }),
      drop({ function: "inet_sock_destruct" }),
    ],
    [
      drop({ protocol: 17, reason: "TCP_OLD_DATA" }),
      drop({ protocol: 6, reason: "NO_SOCKET", tcpFlags: 2 }),
      drop({ reason: "QUEUE_PURGE", function: "neigh_destroy" }),
      drop({ reason: "QUEUE_PURGE", function: "qdisc_reset" }),
      drop({ reason: "QUEUE_PURGE", function: "gro_cells_destroy" }),
      drop({ reason: "NEIGH_FAILED", function: "arp_error_report" }),
      drop({ reason: "PROTO_MEM", function: "tcp_data_queue_ofo", protocol: 6 }),
      drop({}),
    ],
  ],
  [
    "isUnexplainedTcpDrop: no reason, where TCP frees duplicates and losses alike",
    frees.isUnexplainedTcpDrop,
    [
      drop({ protocol: 6, function: "tcp_data_queue" }),
      drop({ protocol: 6, function: "tcp_v4_rcv", reason: "NOT_SPECIFIED" }),
      drop({ protocol: 6, function: "tcp_v4_rcv", tcpFlags: 16 }),
    ],
    [
      drop({ protocol: 6, function: "tcp_data_queue", reason: "PROTO_MEM" }),
      drop({ protocol: 6, function: "tcp_v4_rcv", tcpFlags: 2 }),
      drop({ protocol: 17, function: "tcp_data_queue" }),
    ],
  ],
  [
    "isBareSegment: neither payload nor SYN",
    frees.isBareSegment,
    [drop({ tcpFlags: 16 }), drop({ tcpFlags: 17, payload: 0 })],
    [drop({ tcpFlags: 2 }), drop({ tcpFlags: 16, payload: 1 })],
  ],
  [
    "isAnothersFrame: by reason, else by IP's receive",
    frees.isAnothersFrame,
    [
      drop({ reason: "OTHERHOST" }),
      drop({ packetType: "otherhost", function: "ip_rcv_core" }),
      drop({ packetType: "otherhost", function: "ipv6_rcv" }),
    ],
    [
      drop({ packetType: "host", function: "ip_rcv_core" }),
      drop({ packetType: "otherhost", function: "br_flood" }),
    ],
  ],
  [
    "isDropBeforeSending: in tc, a queue or the neighbour code",
    frees.isDropBeforeSending,
    [
      drop({ reason: "TC_EGRESS" }),
      drop({ reason: "QDISC_DROP" }),
      drop({ function: "neigh_invalidate" }),
      drop({ function: "__rtnl_unlock" }),
    ],
    [drop({ reason: "TC_INGRESS" }), consume("neigh_invalidate")],
  ],
  [
    "isFreedByTunnelSender: every driver, also erspan's and sit's",
    isFreedByTunnelSender,
    [
      ...["vxlan_xmit_one", "geneve_xmit", "ip_tunnel_xmit", "__gre_xmit", "erspan_xmit"].map(
        consume,
      ),
      ...["ipip6_tunnel_xmit", "sit_tunnel_xmit", "ip6_tnl_xmit", "udp_tunnel_xmit_skb"].map(
        consume,
      ),
    ],
    [consume("ip_output"), consume("veth_xmit"), event("consume", {})],
  ],
];

for (const [title, holds, yes, no] of CLAIMS) {
  Deno.test(title, () => {
    for (const each of yes) equal(holds(each), true, JSON.stringify({ ...each, timeNs: "0" }));
    for (const each of no) equal(holds(each), false, JSON.stringify({ ...each, timeNs: "0" }));
  });
}

Deno.test("isTunnelKind: devices that encapsulate, not those that only carry", () => {
  equal(isTunnelKind("vxlan"), true);
  equal(isTunnelKind("ip6gretap"), true);
  equal(isTunnelKind("veth"), false);
});
