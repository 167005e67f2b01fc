/**
 * Frees in the routing decision and in forwarding. Names of functions are those of Linux 5.10 to
 * 6.18, reasons those of 5.17 to 6.18.
 */
import type { Event } from "../../event/event.ts";
import { freedIn, givesReason, hasReason } from "./free_reason.ts";

/**
 * Functions from the receive of IP to the routing decision and its refusal: `ip_error` frees what
 * the decision refused in IPv4, `ip6_pkt_` (discard, prohibit) in IPv6, `dst_discard` what a
 * blackhole route took, `br_nf_pre_routing_finish` (and `…_ipv6`) what was translated on a bridge and has
 * no way then. Before 5.17 the lookup may be inlined into `ip_rcv_finish` or the list receive functions.
 */
const DECISION = new RegExp(
  "^(ip_error|ip_route_input|ip_rcv_finish|ip_list_rcv|ip6_forward|ip6_pkt_|ip_forward|dst_discard|" +
    "ip6_rcv_finish|ip6_route_input|fib_validate|ip_sublist_rcv|ip6_list_rcv|ip6_sublist_rcv|" +
    "br_nf_pre_routing_finish(?!_bridge))",
);

/** Freed where the kernel decides what becomes of a packet that was received. */
export const isRoutingDecision = (event: Event): boolean => freedIn(event, DECISION);

/** IPv6 checks the forwarding sysctl in this function alone. */
export const isInForwarding6 = (event: Event): boolean => freedIn(event, /^ip6_forward/);

/** The reason names another cause than that forwarding is off. */
export const namesMoreThanForwarding = (event: Event): boolean =>
  hasReason(event, /RPFILTER|PKT_TOO_BIG|LOCAL_SOURCE|INVALID/);

/** Freed as a drop where a packet for another host is sent on, without a reason. */
export const isForwardedWithoutReason = (event: Event): boolean =>
  event.kind === "drop" && event.packetType === "host" && !givesReason(event) &&
  freedIn(event, /^ip6?_forward$/);

/** `ip_error` gives this reason where the device's forwarding is off, and for nothing else. */
export const saysForwardingOff = ({ function: by, reason }: Event): boolean =>
  by === "ip_error" && reason === "IP_INADDRERRORS";

/**
 * Errors of a route that refuses: EINVAL of a blackhole, EACCES of a prohibited one, EHOSTUNREACH of one that is
 * unreachable. A table of IPv4 without a route tells EAGAIN; one of IPv6 tells EHOSTUNREACH as well.
 */
const REFUSED: ReadonlySet<number> = new Set([22, 13, 113]);

/** The lookup in this table may have ended at a route that refuses, and was asked of no other table then. */
export const mayEndAtRefusal = ({ routeError }: Event): boolean => REFUSED.has(routeError ?? 0);

/** Functions that free what has no route, or one that refuses; `__ip_queue_xmit` sends for TCP. */
const ROUTE_FAILURE = new RegExp(
  "^(ip_error|dst_discard|ip6_pkt_|ip_route|__ip_queue_xmit|ip6_forward|" +
    "br_nf_pre_routing_finish(?!_bridge))",
);

/**
 * Freed for its route: there is none, or it refuses. By reason (`IP_INNOROUTES`, `IP_OUTNOROUTES`,
 * `IP_INADDRERRORS`, `BLACKHOLE`), else by function.
 */
export const isRouteFailure = (event: Event): boolean =>
  hasReason(event, /NOROUTES|INADDRERRORS|BLACKHOLE/) ||
  (!givesReason(event) && freedIn(event, ROUTE_FAILURE));

/**
 * Freed by what a route is for that takes packets and hands none on: a blackhole, or what IPsec gives
 * instead of a way while there is no state. Where forwarding is off the kernel comes to none of these.
 */
export const isDiscarded = (event: Event): boolean =>
  event.kind === "drop" && freedIn(event, /^dst_discard/);

/** The reason is that there is no route. IPv6 says so of a route that refuses, too. */
export const saysNoRoute = (event: Event): boolean => hasReason(event, /NOROUTES/);

/** Refused by `rp_filter`: the way back to the source leads through another device. */
export const isReversePathDrop = ({ reason }: Event): boolean => reason === "IP_RPFILTER";

/**
 * Freed, on a kernel without reasons, where IPv4 looks up the way of what was received: its source or
 * destination may not appear there, or the way back leads through another device (Linux 5.10 to 5.16).
 */
export const isUntoldRefusalOnArrival = (event: Event): boolean =>
  event.kind === "drop" && event.reason === undefined && event.network === "ip4" &&
  event.packetType === "host" && freedIn(event, /^ip_rcv_finish(_core)?(\.|$)/);

/** Refused because its source or destination may not appear where it was received. */
export const isMartian = (event: Event): boolean =>
  hasReason(
    event,
    /^(IP_LOCAL_SOURCE|IP_INVALID_SOURCE|IP_INVALID_DEST|IP_LOCALNET|INVALID_SOURCE|UNICAST_IN_L2_MULTICAST)$/,
  );

/**
 * Refused where it came in, as a loopback address is on a device without `route_localnet`: by
 * reason, which is of 6.14 and later, else by the function that asks for the route.
 */
export const mayBeLocalnet = (event: Event): boolean =>
  event.reason === "IP_LOCALNET" || (!givesReason(event) && freedIn(event, /^ip_rcv_finish/));

/** Functions that forward and check the TTL; the free may be in the ICMP error they answer with. */
export const isInForwarding = (event: Event): boolean =>
  freedIn(event, /^(ip_forward|ip6_forward|icmp_send|__icmp)/);

/**
 * `ip6_forward` frees without a reason both what ran out of hops and all packets where forwarding is
 * off.
 */
export const mayBeForwardingOff6 = (event: Event): boolean =>
  event.function === "ip6_forward" && !givesReason(event);

/** The reason is that IPv6 is switched off on the device (`disable_ipv6`). */
export const saysIpv6Disabled = ({ reason }: Event): boolean => reason === "IPV6DISABLED";

/** Freed without a reason where IPv6 looks at a packet first, as before Linux 5.17. */
export const isFreedAtIpv6Entry = (event: Event): boolean =>
  !givesReason(event) && freedIn(event, /^ip6_rcv_core$/);

/**
 * What a host does with a packet that it has no use for: the MAC is another's, there is no route, it
 * does not forward. Before 5.17 no reason is given.
 */
export const isUnwanted = (event: Event): boolean =>
  !givesReason(event) || hasReason(event, /^(OTHERHOST|IP_INNOROUTES|IP_INADDRERRORS)$/);

/** The function that looks a destination up in one table: where a send without a route ends. */
export const tableLookupOf = (network: Event["network"]): string =>
  network === "ip6" ? "fib6_table_lookup" : "fib_table_lookup";
