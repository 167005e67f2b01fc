/** Predicates over function names and reasons: what each holds for, and what just does not. */
import { equal } from "node:assert/strict";
import type { Event } from "../../event/event.ts";
import * as bridge from "./bridge.ts";
import { type ErrorMeaning, meaningOfError } from "./icmp.ts";
import { isRefusedByLabels } from "./mpls.ts";
import * as neighbours from "./neighbours.ts";
import * as netfilter from "./netfilter.ts";
import * as openvswitch from "./openvswitch.ts";
import * as queues from "./queues.ts";
import * as routing from "./routing.ts";
import * as sizes from "./sizes.ts";
import * as sockets from "./sockets.ts";
import { mayBeDeviceDown } from "./transmission.ts";
import * as tunnels from "./tunnels.ts";
import * as xdp from "./xdp.ts";

/** A drop: the function that freed it, then the reason. */
const drop = (by?: string, reason?: string): Event => ({
  ...{ kind: "drop", timeNs: 0n, cpu: 0, function: by, reason },
});

/** Title of a claim, what holds, and what just does not. */
const CLAIMS: [string, (event: Event) => boolean, Event[], Event[]][] = [
  [
    "isRouteFailure: by reason, and by function only where no reason is given",
    routing.isRouteFailure,
    [drop("x", "IP_OUTNOROUTES"), drop("ip_error", "NOT_SPECIFIED"), drop("dst_discard")],
    [drop("ip_error", "IP_RPFILTER"), drop("ip_rcv")],
  ],
  [
    "saysForwardingOff: ip_error with its reason, neither alone",
    routing.saysForwardingOff,
    [drop("ip_error", "IP_INADDRERRORS")],
    [drop("ip_error"), drop("ip_route_input_slow", "IP_INADDRERRORS")],
  ],
  [
    "isUnwanted: another's, without way, or without reason",
    routing.isUnwanted,
    [drop(), drop("x", "NOT_SPECIFIED"), drop("x", "OTHERHOST")],
    [drop("x", "IP_RPFILTER")],
  ],
  [
    "mayBeForwardingOff6: ip6_forward that gives no reason",
    routing.mayBeForwardingOff6,
    [drop("ip6_forward"), drop("ip6_forward", "NOT_SPECIFIED")],
    [drop("ip6_forward", "IP_INHDR"), drop("ip_forward")],
  ],
  [
    "isNeighbourFailure: by reason or by function, whatever the other one says",
    neighbours.isNeighbourFailure,
    [drop("x", "NEIGH_FAILED"), drop("neigh_invalidate", "NOT_SPECIFIED"), drop("neigh_destroy")],
    [drop("x", "NEIGH_OTHER"), drop("ip_output"), drop()],
  ],
  [
    "mayBeDeviceDown: the reason and the function must both fit, no reason fits",
    mayBeDeviceDown,
    [
      ...[drop("veth_xmit"), drop("noop_enqueue", "QDISC_NOOP"), drop("neigh_x", "NEIGH_FAILED")],
      drop("__tcf_kfree_skb_list", "QDISC_DROP"),
    ],
    [drop("veth_xmit", "PKT_TOO_BIG"), drop("tcp_v4_rcv"), drop("", "DEV_READY")],
  ],
  [
    "isBridgeDrop: the bridge's functions and reasons",
    bridge.isBridgeDrop,
    [drop("br_flood"), drop("__br_forward"), drop("x", "BRIDGE_INGRESS_STP_STATE")],
    [drop("netif_receive_skb"), drop("brx")],
  ],
  [
    "isQueueDrop: a queue's reason, or an enqueue function without one",
    queues.isQueueDrop,
    [drop("x", "QDISC_OVERLIMIT"), drop("tbf_enqueue"), drop("tbf_enqueue", "NOT_SPECIFIED")],
    [drop("tbf_enqueue", "PKT_TOO_BIG"), drop("x", "TC_EGRESS"), drop("enqueue_to_backlog")],
  ],
  [
    "isFreedByXdpRunner: whatever the device, and not its transmit",
    xdp.isFreedByXdpRunner,
    [drop("veth_xdp_rcv_skb"), drop("do_xdp_generic")],
    [drop("veth_xmit"), drop()],
  ],
  [
    "isSizeCheck and isPeerSizeCheck: the peer's check has no, or two, underscores",
    (event) => sizes.isSizeCheck(event) && sizes.isPeerSizeCheck(event),
    [drop("dev_forward_skb"), drop("__dev_forward_skb2")],
    [drop("ip_forward"), drop("dev_queue_xmit")],
  ],
  [
    "isSocketLookupWithoutReason: only where kernels give no reasons at all",
    sockets.isSocketLookupWithoutReason,
    [drop("tcp_v4_rcv"), drop("__udp6_lib_rcv")],
    [drop("tcp_v4_rcv", "NOT_SPECIFIED"), drop("tcp_v4_do_rcv")],
  ],
  [
    "isForwardedWithoutReason: not what another host's frame is freed for, nor what has a reason",
    (event) => routing.isForwardedWithoutReason({ ...event, packetType: "host" }),
    [drop("ip_forward", "NOT_SPECIFIED"), drop("ip6_forward")],
    [drop("ip_forward", "IP_INHDR"), drop("ip_forward_finish"), drop("ip_error")],
  ],
  [
    "isRefusedByLabels: where MPLS forwards, without a reason",
    isRefusedByLabels,
    [drop("mpls_forward"), drop("mpls_forward", "NOT_SPECIFIED")],
    [drop("mpls_forward", "PKT_TOO_BIG"), drop("mpls_xmit"), drop("ip_forward")],
  ],
  [
    "isOutputNotReady: Open vSwitch's output, not a device's own transmit",
    openvswitch.isOutputNotReady,
    [drop("do_output", "DEV_READY"), drop("do_execute_actions", "DEV_READY")],
    [drop("__dev_queue_xmit", "DEV_READY"), drop("do_output"), drop("do_output_x", "DEV_READY")],
  ],
  [
    "isOutputUntold: the same functions without a reason, and not what they free as done with",
    (event) => event.kind === "drop" && openvswitch.isOutputUntold(event),
    [drop("do_output"), drop("do_execute_actions", "NOT_SPECIFIED"), drop("ovs_execute_actions")],
    [drop("do_output", "DEV_READY"), { ...drop("do_execute_actions"), kind: "consume" }],
  ],
  [
    "isOutputTooLarge: without a reason where a port sends, or as too big where an action does",
    openvswitch.isOutputTooLarge,
    [drop("ovs_vport_send"), drop("do_output", "PKT_TOO_BIG")],
    [drop("ovs_vport_receive"), drop("do_output"), drop("ip_forward", "PKT_TOO_BIG")],
  ],
  [
    "isRefusedByConntrackAction: without a reason, which the datapath's own drops have",
    openvswitch.isRefusedByConntrackAction,
    [drop("ovs_ct_execute"), drop("ovs_ct_execute", "NOT_SPECIFIED")],
    [drop("ovs_ct_execute", "OVS_DROP_CONNTRACK"), drop("nf_conntrack_in")],
  ],
  [
    "isRefusedInDatapath: where it takes or sends a packet, and not where it asks its daemon",
    openvswitch.isRefusedInDatapath,
    [drop("ovs_vport_send"), drop("ovs_fragment"), drop("ovs_packet_cmd_execute")],
    [drop("ovs_dp_process_packet"), drop("ovs_vport_send", "PKT_TOO_BIG")],
  ],
  [
    "isRefusedUpcall: without a reason, which the datapath's own drops have",
    openvswitch.isRefusedUpcall,
    [drop("ovs_dp_process_packet"), drop("ovs_dp_process_packet", "NOT_SPECIFIED")],
    [drop("ovs_dp_process_packet", "OVS_DROP_EXPLICIT"), drop("ovs_vport_receive")],
  ],
  [
    "isDoneWithActions: as done with, and not on its way up to the daemon",
    openvswitch.isDoneWithActions,
    [{ ...drop("do_execute_actions"), kind: "consume" }],
    [drop("do_execute_actions"), { ...drop("ovs_dp_process_packet"), kind: "consume" }],
  ],
  [
    "isFreedByTunnelReceiver: not the sender's functions of the same driver",
    tunnels.isFreedByTunnelReceiver,
    [drop("vxlan_rcv"), drop("geneve_udp_encap_recv"), drop("ip_tunnel_rcv")],
    [drop("vxlan_xmit_one"), drop("udp_rcv")],
  ],
  [
    "isInSessionLookup: L2TP over IP",
    tunnels.isInSessionLookup,
    [drop("l2tp_ip_recv"), drop("l2tp_ip6_recv", "NOT_SPECIFIED")],
    [drop("l2tp_ip_recv", "OTHER"), drop("l2tp_ip_recvmsg"), drop("l2tp_recv_common")],
  ],
  [
    "isRefusedBySession: with the function of UDP that it may be part of",
    tunnels.isRefusedBySession,
    [drop("l2tp_recv_common"), drop("l2tp_udp_encap_recv")],
    [drop("l2tp_ip_recv"), drop("udp_queue_rcv_one_skb")],
  ],
  [
    "isTakenByNoTunnelOrState: IP in IP at the receiver of IPsec, and no tunnel in UDP",
    tunnels.isTakenByNoTunnelOrState,
    [{ ...drop("xfrm_input"), tunnelKind: "sit" }, { ...drop("xfrm_input"), tunnelKind: "ipip" }],
    [
      ...[drop("xfrm_input"), { ...drop("xfrm_input"), tunnelKind: "gre" as const }],
      { ...drop("xfrm_input"), tunnelKind: "ipip", tunnelDestinationPort: 5555 },
    ],
  ],
  [
    "isFreedByVxlan: where it looks for an end, without a reason, and not where it sends to one",
    tunnels.isFreedByVxlan,
    [drop("vxlan_xmit"), drop("vxlan_xmit", "NOT_SPECIFIED"), drop("vxlan_xmit.isra.0")],
    [
      ...[drop("vxlan_xmit_one"), drop("vxlan_xmit", "TUNNEL_TXINFO")],
      { ...drop("vxlan_xmit"), kind: "consume" },
    ],
  ],
  [
    "isNetfilterDrop: its functions without a reason, but neither fragments nor a bridge's sending",
    netfilter.isNetfilterDrop,
    [drop("x", "NETFILTER_DROP"), drop("nf_hook_slow"), drop("br_nf_pre_routing", "NOT_SPECIFIED")],
    [
      ...[drop("nf_ct_frag6_gather"), drop("br_nf_dev_queue_xmit"), drop("nft_do_chain", "OTHER")],
      drop("br_nf_pre_routing_finish_ipv6"),
      { ...drop("nf_hook_slow"), kind: "consume" },
    ],
  ],
];

for (const [title, holds, yes, no] of CLAIMS) {
  Deno.test(title, () => {
    for (const each of yes) equal(holds(each), true, `${each.function} ${each.reason}`);
    for (const each of no) equal(holds(each), false, `${each.function} ${each.reason}`);
  });
}

Deno.test("meaningOfError tells the versions of ICMP apart", () => {
  const meanings: [Event["network"], number, number, ErrorMeaning | null][] = [
    ["ip4", 3, 4, "too-big"],
    ["ip4", 3, 3, "no-port"],
    ["ip4", 3, 13, "prohibited"],
    ["ip4", 3, 1, "unreachable"],
    ["ip4", 11, 0, "ttl"],
    ["ip4", 2, 0, null],
    ["ip6", 2, 0, "too-big"],
    ["ip6", 3, 0, "ttl"],
    ["ip6", 1, 1, "prohibited"],
    ["ip6", 1, 4, "no-port"],
    ["ip6", 1, 0, "unreachable"],
    ["ip6", 11, 0, null],
  ];
  for (const [network, icmpType, icmpCode, meaning] of meanings) {
    const event: Event = { kind: "device-rx", timeNs: 0n, cpu: 0, network, icmpType, icmpCode };
    equal(meaningOfError(event), meaning, `${network} ${icmpType} ${icmpCode}`);
  }
});

Deno.test("ARP requests and solicitations ask, replies and advertisements answer", () => {
  const event = (parts: Partial<Event>): Event => ({
    ...{ kind: "device-tx", timeNs: 0n, cpu: 0, ...parts },
  });
  const arp = { network: "arp", arpOperation: 1, destination: "10.0.0.2" } as const;
  equal(neighbours.asksFor(event(arp), "10.0.0.2"), true);
  equal(neighbours.asksFor(event({ ...arp, arpOperation: 2 }), "10.0.0.2"), false);
  equal(neighbours.asksFor(event({ icmpType: 135, gateway: "fd00::2" }), "fd00::2"), true);
  const reply = { ...arp, arpOperation: 2, source: "10.0.0.2", destination: "10.0.0.1" };
  equal(neighbours.answeredAddress(event(reply)), "10.0.0.2");
  equal(neighbours.answeredAddress(event(arp)), undefined);
  equal(neighbours.answeredAddress(event({ icmpType: 136, gateway: "fd00::2" })), "fd00::2");
});

Deno.test("nftFreesItself: from Linux 6.7", () => {
  equal(netfilter.nftFreesItself("6.6.99"), false);
  equal(netfilter.nftFreesItself("6.7.0-rc1"), true);
  equal(netfilter.nftFreesItself("7.0"), true);
  equal(netfilter.nftFreesItself("unknown"), false);
});

Deno.test("outerProtocol: by the kind of tunnel and what is in it, and UDP where there are ports", () => {
  equal(tunnels.outerProtocol({ tunnelKind: "ip6tnl", network: "ip4" }), 4);
  equal(tunnels.outerProtocol({ tunnelKind: "ip6tnl", network: "ip6" }), 41);
  equal(tunnels.outerProtocol({ tunnelKind: "gretap", network: "ip4" }), 47);
  equal(tunnels.outerProtocol({ tunnelKind: "gre", tunnelDestinationPort: 4754 }), 17);
  equal(tunnels.outerProtocol({ protocol: 6 }), undefined);
});
