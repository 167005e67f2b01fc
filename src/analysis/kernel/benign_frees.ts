/**
 * Frees that the kernel counts as drops, and that lose nobody's packet: a table, of which
 * `docs/frees.md` is made.
 *
 * Read in Debian's sources of Linux 6.1 and 6.12: every caller of `kfree_skb`, `kfree_skb_reason`,
 * `sk_skb_reason_drop`, `skb_queue_purge` and `skb_rbtree_purge` under `net/` that an IP packet can
 * come to. Of 6.18 the names were compared with the symbols of a running kernel. Frees without a
 * tracepoint (`__kfree_skb`: what TCP has queued to send, `kfree_skb_partial`) are not seen at all,
 * and sockets of netlink, unix and key never hold a packet of IP or ARP.
 */

import type { Event } from "../../event/event.ts";

/** What a benign free says of the packet. */
export type BenignMeaning =
  /** It was in a socket's queue: it arrived, and nobody read it before the socket was closed. */
  | "arrived"
  /** It was a copy for a program to look at: nothing of the packet, nor of where it was. */
  | "copy"
  /** It was a copy that went another way, or what a copy was made of: nothing of the packet's end. */
  | "branch"
  /** The packet arrived before, or lives on in another skb. */
  | "done-with";

/** One kind of free that loses nobody's packet. */
export interface BenignFree {
  /** Functions that free, as the tracepoint names them; a star stands for any further letters. */
  functions: readonly string[];
  /** Only with one of these reasons, "" where a kernel tells none; absent: with every reason. */
  reasons?: readonly string[];
  /** Not when these functions free, although the reason is one of `reasons`: that is a loss. */
  losses?: readonly string[];
  /** Only what was freed as a drop; absent: what was freed as done with, too. */
  onlyDrops?: boolean;
  /** Only of packets of these protocols, by number; absent: of every protocol. */
  protocols?: readonly number[];
  /** Only of frames with one of these `skb->pkt_type`; absent: with every one. */
  packetTypes?: readonly NonNullable<Event["packetType"]>[];
  means: BenignMeaning;
  /** What the kernel does there, and what the near loss is: one sentence or two of Markdown. */
  text: string;
  /** Files of the kernel's source, and its versions. */
  source: string;
}

const [ICMP, TCP, UDP, ICMP6] = [1, 6, 17, 58];

/**
 * Every kind of free that loses nobody's packet; the first row that fits an event holds. What waits
 * for a neighbour's link address (`neigh_*`, `arp_error_report`) or in a queueing discipline
 * (`qdisc_reset`, at a device that goes down) is on its way: its free is a loss, and not here.
 */
export const BENIGN_FREES: readonly BenignFree[] = [
  {
    functions: ["packet_*", "tpacket_*", "run_filter*", "dev_queue_xmit_nit*"],
    means: "copy",
    text: "A packet socket's copy, which its filter refused, or which was in its queue.",
    source: "net/packet/af_packet.c, net/core/dev.c, 5.15 to 6.18",
  },
  {
    functions: ["skb_pp_cow_data*", "skb_cow_data_for_xdp*", "veth_convert_skb*"],
    means: "branch",
    text: "The original, after an XDP program's packet was made of it.",
    source: "net/core/skbuff.c, drivers/net/veth.c, 5.15 to 6.18",
  },
  {
    // With a reason it is a loss, as where the route of the tunnel is missing.
    functions: ["ip_vs_prepare_tunneled_skb*", "ip_vs_tunnel_xmit*"],
    reasons: [""],
    means: "branch",
    text: "The original, after IPVS made a copy of it that has room for a tunnel's header.",
    source: "net/netfilter/ipvs/ip_vs_xmit.c, 5.15 to 6.18",
  },
  {
    functions: ["ip_vs_in_icmp*"],
    reasons: [""],
    means: "copy",
    text: "An ICMP error about a tunnel's packet, of which IPVS has made one to the client.",
    source: "net/netfilter/ipvs/ip_vs_core.c, 5.15 to 6.18",
  },
  {
    functions: ["ip6ip6_err*", "ip4ip6_err*", "ip6_err_gen_icmpv6_unreach*"],
    means: "copy",
    text:
      "What an ICMP error quotes of a tunnel's packet: its sender is told so, and the packet died elsewhere.",
    source: "net/ipv6/ip6_tunnel.c, net/ipv6/icmp.c, 5.10 to 7.2",
  },
  {
    functions: ["xfrm_icmp_flow_decode*"],
    means: "copy",
    text:
      "What an ICMP error quotes, as the policies of IPsec are asked about it: the packet died elsewhere.",
    source: "net/xfrm/xfrm_policy.c, 6.8 to 7.2",
  },
  {
    functions: [
      "nf_queue_*",
      "nfqnl_enqueue*",
      "__nfqnl_enqueue*",
      "nfqnl_mangle*",
      "nfqnl_recv_*",
    ],
    means: "branch",
    text:
      "What goes to a program by NFQUEUE: a packet that was cut for it, or that the program wrote " +
      "anew. What the program drops is freed in `nf_reinject` or `nfqnl_reinject`, and is a loss.",
    source: "net/netfilter/nfnetlink_queue.c, 5.15 to 6.18",
  },
  {
    functions: ["br_flood*", "deliver_clone*", "ip_mc*", "ip6_mc*", "ip_mr*"],
    means: "branch",
    text: "Copies for the ports of a bridge, or the ways of a multicast packet.",
    source: "net/bridge/br_forward.c, net/ipv4/ipmr.c, net/ipv6/ip6mr.c, 5.15 to 6.18",
  },
  {
    // Where no reasons are told, what a member refuses looks alike: nothing is said of that either.
    functions: ["ip_rcv_finish_core*", "ip_rcv_finish", "ip_list_rcv_finish*", "ip_sublist_rcv*"],
    reasons: ["", "NOT_SPECIFIED"],
    onlyDrops: true,
    packetTypes: ["multicast"],
    means: "branch",
    text:
      "A multicast packet at a host, or at a bridge's own device, that is in no such group and is no " +
      "router for it: each host on the link gets a copy. With a reason it is a loss.",
    source: "net/ipv4/{ip_input,route}.c, 5.10 to 6.18",
  },
  {
    functions: ["__udp4_lib_mcast_deliver*", "__udp6_lib_mcast_deliver*"],
    reasons: ["", "NOT_SPECIFIED"],
    packetTypes: ["broadcast", "multicast", "loopback"],
    protocols: [UDP],
    means: "branch",
    text: "As the next, where the function is not inlined, and on kernels that tell no reason.",
    source: "net/ipv4/udp.c, net/ipv6/udp.c, 5.15 to 6.18",
  },
  {
    // Where no reasons are told, what has a wrong checksum looks alike: nothing is said of that either.
    functions: ["__udp4_lib_rcv*", "__udp6_lib_rcv*"],
    reasons: ["", "NOT_SPECIFIED"],
    onlyDrops: true,
    packetTypes: ["broadcast", "multicast", "loopback"],
    protocols: [UDP],
    means: "branch",
    text:
      "A datagram to all of a link or to a group, at a host where no program wants it (the kernel " +
      "counts it as `IgnoredMulti`): each host on the link gets a copy. Without a socket that is " +
      "asked for by its own address (`NO_SOCKET`) it is a loss.",
    source: "net/ipv4/udp.c, net/ipv6/udp.c, 5.10 to 6.18",
  },
  {
    functions: ["netlink_*"],
    means: "copy",
    text: "Messages to programs, which may quote a packet.",
    source: "net/netlink/af_netlink.c, 5.15 to 6.18",
  },
  {
    functions: [
      ...["sock_recv_errqueue*", "skb_errqueue_purge*", "ip_recv_error*", "ip_icmp_error*"],
      ...["ip_local_error*", "ipv6_recv_error*", "ipv6_recv_rxpmtu*", "ipv6_icmp_error*"],
      ...["ipv6_local_error*", "ipv6_local_rxpmtu*", "__skb_tstamp_tx*", "skb_tstamp_tx*"],
      ...["__skb_complete_tx_timestamp*", "skb_complete_tx_timestamp*", "skb_complete_wifi_ack*"],
    ],
    means: "copy",
    text:
      "The error queue of a socket: clones of what it sent, with the time it left, and of ICMP " +
      "errors about it.",
    source: "net/core/{sock,skbuff}.c, net/ipv4/ip_sockglue.c, net/ipv6/datagram.c, 5.15 to 6.18",
  },
  {
    functions: ["inet6_destroy_sock*", "inet6_cleanup_sock*"],
    means: "copy",
    text: "Clones that an IPv6 socket keeps of a SYN and of a too large packet, for its program.",
    source: "net/ipv6/af_inet6.c, 5.15 to 6.18 (`inet6_destroy_sock` in 6.1)",
  },
  {
    functions: ["skb_queue_purge*"],
    means: "copy",
    text: "A queue is emptied by a function that many call: mostly error queues. Nothing tells " +
      "whose queue it was, so nothing is said of the packet by it.",
    source: "net/core/skbuff.c, 5.15 to 6.18 (`skb_queue_purge_reason` in 6.12 and later)",
  },
  {
    functions: ["raw_rcv_skb*", "raw_rcv", "rawv6_rcv_skb*", "rawv6_rcv"],
    reasons: ["SOCKET_FILTER"],
    protocols: [ICMP, ICMP6],
    means: "copy",
    text:
      "Every raw ICMP socket gets a clone, and refuses by its filter what is another program's: " +
      "two that ping. Full (`SOCKET_RCVBUFF`), it loses what is its own.",
    source: "net/ipv4/raw.c, net/ipv6/raw.c, 5.18 to 6.18",
  },
  {
    functions: ["inet_sock_destruct*"],
    means: "arrived",
    text: "The receive queue of a socket that is no more.",
    source: "net/ipv4/af_inet.c, 5.15 to 6.18 (`QUEUE_PURGE` in 6.12 and later)",
  },
  {
    functions: ["sk_stream_kill_queues*"],
    means: "arrived",
    text: "The receive queue of a TCP socket that is no more. TCP had acknowledged it.",
    source: "net/core/stream.c, 5.15 to 6.18 (`QUEUE_PURGE` in 6.12 and later)",
  },
  {
    functions: ["udp_destruct_*", "udpv6_destruct_*"],
    means: "arrived",
    text: "The receive queue of a UDP socket that is no more. A full one refuses in " +
      "`__udp_enqueue_schedule_skb`, told as `SOCKET_RCVBUFF`, which is a loss.",
    source: "net/ipv4/udp.c, net/ipv6/udp.c, 5.15 to 6.18",
  },
  {
    functions: ["skb_rbtree_purge*", "tcp_v4_destroy_sock*", "tcp_fin", "tcp_disconnect*"],
    means: "arrived",
    text:
      "TCP's and MPTCP's out-of-order queue, when the socket is closed, disconnected, or gets " +
      "its FIN; and the receive queue on `tcp_disconnect`. What had no room in the same queue is " +
      "freed in `tcp_data_queue_ofo` with `PROTO_MEM`: a loss.",
    source: "net/core/skbuff.c, net/ipv4/{tcp,tcp_ipv4,tcp_input}.c, 5.15 to 6.18",
  },
  {
    functions: ["mptcp_destroy_common*", "mptcp_subflow_reset*"],
    means: "arrived",
    text: "The receive queue of an MPTCP connection, or of one of its subflows.",
    source: "net/mptcp/{protocol,subflow}.c, 5.15 to 6.18",
  },
  {
    functions: ["tls_sw_release_resources_rx*", "tls_sw_free_resources_rx*"],
    means: "arrived",
    text: "What the kernel's TLS had decrypted and the program not read.",
    source: "net/tls/tls_sw.c, 5.15 to 6.18",
  },
  {
    functions: ["ping_rcv"],
    reasons: ["NO_SOCKET"],
    means: "arrived",
    text:
      "An echo reply that came to its host, where no datagram ICMP socket waits for it. A raw " +
      "socket, as root's `ping` has, got a clone of its own before. What had no room in a datagram " +
      "socket is freed with `SOCKET_RCVBUFF`: a loss.",
    source: "net/ipv4/{ping,icmp}.c, net/ipv6/icmp.c, 5.19 to 6.18",
  },
  {
    functions: ["icmp_rcv"],
    reasons: ["NO_SOCKET"],
    means: "arrived",
    text:
      "The same where `ping_rcv` is a part of `icmp_rcv`: nothing else there gives this reason.",
    source: "net/ipv4/{ping,icmp}.c, 5.19 to 6.18; seen on 6.1",
  },
  {
    functions: ["ping_rcv"],
    reasons: ["", "NOT_SPECIFIED"],
    means: "done-with",
    text: "A datagram ICMP socket clones the reply, and the original is freed.",
    source: "net/ipv4/ping.c, 5.15 to 5.18",
  },
  {
    functions: ["skb_release_data"],
    means: "done-with",
    text: "The fragments of a packet that was put together: they are freed as parts of it.",
    source: "net/core/skbuff.c, 5.15 to 6.18",
  },
  {
    functions: ["*"],
    reasons: ["DUP_FRAG", "SKB_CONSUMED"],
    means: "done-with",
    text: "A fragment that came twice; what was consumed, by a function that frees both ways.",
    source: "net/ipv4/{ip_fragment,inet_fragment}.c, 5.19 to 6.18",
  },
  {
    functions: ["*"],
    reasons: ["QUEUE_PURGE", "SOCKET_CLOSE", "SOCKET_RCV_SHUTDOWN"],
    losses: [
      ...["neigh_*", "__neigh_*", "pneigh_*", "qdisc_*", "__qdisc_*", "skbprio_*", "teql_*"],
      ...["gro_cells_destroy*", "wg_*", "netpoll_*", "rcu_cleanup_netpoll_info*", "tls_encrypt*"],
    ],
    means: "done-with",
    text:
      "A socket's queue is emptied, by another function. The queue of a neighbour entry, of a " +
      "queueing discipline, of a tunnel device or of WireGuard holds packets on their way: a loss.",
    source: "include/linux/skbuff.h, 6.12 to 6.18",
  },
  {
    functions: ["*"],
    protocols: [TCP],
    reasons: [
      ...["TCP_OLD_DATA", "TCP_OLD_SEQUENCE", "TCP_OLD_ACK", "TCP_TOO_OLD_ACK", "TCP_OFOMERGE"],
      ...["TCP_OVERWINDOW", "TCP_ZEROWINDOW", "TCP_RESET", "TCP_CLOSE", "TCP_ACK_UNSENT_DATA"],
      ...["TCP_INVALID_SEQUENCE", "TCP_INVALID_END_SEQUENCE", "TCP_INVALID_ACK_SEQUENCE"],
      ...["TCP_RFC7323_PAWS", "TCP_RFC7323_PAWS_ACK", "TCP_RFC7323_TW_PAWS", "TCP_RFC7323_TSECR"],
      ...["TCP_FLAGS", "TCP_FASTOPEN", "TCP_ABORT_ON_DATA", "TCP_INVALID_SYN", "SOCKET_CLOSE"],
      ...["TCP_OFO_QUEUE_PRUNE", "TCP_OFO_DROP", "TCP_LISTEN_DATA"],
    ],
    means: "done-with",
    text: "TCP frees segments that did arrive: duplicates, old ones, resets it obeyed. What its " +
      "memory has no room for (`PROTO_MEM`, `SOCKET_RCVBUFF`, `SOCKET_BACKLOG`) is a loss.",
    source: "net/ipv4/{tcp_input,tcp_ipv4}.c, net/ipv6/tcp_ipv6.c, 5.17 to 6.18",
  },
];
