/** Frees by size. Functions of Linux 5.15 to 6.18. */
import type { Event } from "../../event/event.ts";
import { freedIn, givesReason } from "./free_reason.ts";

/** The kernel says that the packet is too big (from 5.17). */
export const saysTooBig = ({ reason }: Event): boolean => reason === "PKT_TOO_BIG";

/**
 * Functions that compare a packet with an MTU: forwarding, fragmentation and output of IP, tunnel
 * drivers, what a bridge sends by a port, and veth's check of its peer (`dev_forward_skb`).
 */
const CHECKS = new RegExp(
  "^(ip_forward|ip6_forward|ip_fragment|ip6_fragment|ip_finish_output|ip6_finish_output|" +
    "__ip_finish_output|__ip6_finish_output|vxlan_|geneve_|ip_tunnel_|ip_md_tunnel|ip6_tnl|" +
    "br_dev_queue_push|br_nf_dev_queue_xmit|_*dev_forward_skb|__iptunnel)",
);

/** Freed where sizes are checked, among other things. */
export const isSizeCheck = (event: Event): boolean => freedIn(event, CHECKS);

/** Freed where IP would cut a packet that may not be: it is larger than the way is known to take. */
export const isFragmenting = (event: Event): boolean => freedIn(event, /^ip6?_fragment/);

/** Freed by the transmit function of a tunnel's device, which compares with what its way beneath takes. */
export const isTunnelSizeCheck = (event: Event): boolean =>
  freedIn(
    event,
    /^(vxlan_|geneve_|ip_tunnel_|ip_md_tunnel|ip6_tnl|__iptunnel|ipip6_tunnel_xmit|sit_)/,
  );

/** Freed by one of IP's functions, which see a packet from its (outer) IP header on. */
export const isInIp = (event: Event): boolean => freedIn(event, /^_*ip6?_/);

/** Freed by the check that the peer of a veth would take a packet of this size. */
export const isPeerSizeCheck = (event: Event): boolean => freedIn(event, /^_*dev_forward_skb/);

/**
 * A fragment that is freed, without a reason, where the kernel looks for the packet that it belongs to and
 * makes room for a new one (`ip_defrag`, `ipv6_frag_rcv`, Linux 5.10 to 7.2).
 */
export const isUnqueuedFragment = (event: Event): boolean =>
  event.kind === "drop" && !givesReason(event) && freedIn(event, /^(ip_defrag|ipv6_frag_rcv)/);
