/** Tunnels in the kernel: the functions of their drivers, their devices and their ports. */
import type { Event, TunnelKind } from "../../event/event.ts";
import { saysNoTarget } from "./bridge.ts";
import { freedIn, givesReason } from "./free_reason.ts";
import { UDP } from "./protocols.ts";

/**
 * Transmit functions of tunnel drivers (Linux 5.15 to 6.18). `ipip6_` is sit's: IPv6 inside IPv4;
 * `ip_tunnel_` and `ip_md_tunnel_` are shared by ipip, gre and sit; `udp_tunnel` by vxlan, geneve.
 */
const SENDERS =
  /^(vxlan_|geneve_|ip_tunnel_|ip_md_tunnel_|ipip_|__?gre|erspan_|ipip6_|ip6_tnl|ip6gre|sit_|udp_tunnel)/;

/** The second is what the first went into with its tunnel: another one around the tunnel's own packet. */
export const wentIntoTunnel = (inner: Event, outer: Event): boolean =>
  inner.tunnelKind !== undefined && outer.tunnelKind !== undefined &&
  outer.source === inner.tunnelSource && outer.destination === inner.tunnelDestination;

/** Protocols of tunnels: IPv4, UDP, IPv6, GRE. */
const CARRYING: ReadonlySet<number> = new Set([4, UDP, 41, 47]);

/** It may be the packet of a tunnel in another one: what has no number of its own can't be known again. */
export const isTunnelInTunnel = ({ tunnelKind, protocol, ipId }: Event): boolean =>
  tunnelKind !== undefined && ipId !== undefined && ipId !== 0 && CARRYING.has(protocol!);

/** Receive functions, whichever driver's. */
const RECEIVING = /_(rcv|recv|rx)(_|\.|$)/;

/** Freed by a tunnel's driver, when it was to send: before it was encapsulated it was never sent. */
export const isFreedByTunnelSender = (event: Event): boolean =>
  freedIn(event, SENDERS) && !freedIn(event, RECEIVING);

/** Receive functions of tunnel drivers: they free what no device of theirs takes. */
const RECEIVERS = /^(vxlan_rcv|geneve_udp_encap_recv|geneve_rx|ipgre_rcv|gre_rcv|ip_tunnel_)/;

/** Freed by the receiving side of a tunnel's driver. */
export const isFreedByTunnelReceiver = (event: Event): boolean => freedIn(event, RECEIVERS);

/**
 * Freed, without a reason, where the receiver of ipip, gre and sit has found the device and compares what
 * the packet brings with what the device demands; over IPv6 `ip6_tnl_rcv` does that.
 */
export const isRefusedByTunnelReceiver = (event: Event): boolean =>
  event.kind === "drop" && !givesReason(event) && freedIn(event, /^(ip_tunnel_rcv|__?ip6_tnl_rcv)/);

/** Freed, without a reason, where geneve receives: no device has the id, or the one that has it refuses it. */
export const isRefusedByGeneve = (event: Event): boolean =>
  event.kind === "drop" && !givesReason(event) &&
  freedIn(event, /^(geneve_udp_encap_recv|geneve_rx)/);

/**
 * Freed where vxlan reads a header with something in it that the device does not know (a reason of its own
 * from Linux 6.12 on).
 */
export const isRefusedVxlanHeader = (event: Event): boolean =>
  event.kind === "drop" && freedIn(event, /^vxlan_rcv/) &&
  (!givesReason(event) || event.reason === "VXLAN_INVALID_HDR");

/**
 * Freed where the kernel offers what came as IP in IP to each device that may take it, and none did
 * (`tunnel4_rcv` for IPv4, `tunnel64_rcv` for IPv6 inside IPv4, `tunnel6_rcv` …, Linux 5.15 to 6.18); or what
 * came as GRE.
 */
export const isTakenByNoTunnel = (event: Event): boolean =>
  event.kind === "drop" && !givesReason(event) && freedIn(event, /^(tunnel(4|64|6|46)|gre)_rcv/);

/** Freed, without a reason, where L2TP over IP looks for the session whose id the packet has (Linux 5.10 to 6.12). */
export const isInSessionLookup = (event: Event): boolean =>
  event.kind === "drop" && !givesReason(event) && freedIn(event, /^l2tp_ip6?_recv(\.|$)/);

/** Freed, without a reason, by a session of L2TP that has the packet's id: its cookie, or its place in the order. */
export const isRefusedBySession = (event: Event): boolean =>
  event.kind === "drop" && !givesReason(event) &&
  freedIn(event, /^l2tp_(recv_common|udp_encap_recv)(\.|$)/);

const IP_IN_IP: readonly (string | undefined)[] = ["ipip", "sit", "ip6tnl"];

/**
 * The same where modules of IPsec (`xfrm4_tunnel`, `ip_vti`, `xfrm6_tunnel`) are loaded: what no device took of IP in
 * IP is offered to them last, and their receiver frees what it has no state for. So it does with what it decrypted.
 */
export const isTakenByNoTunnelOrState = (event: Event): boolean =>
  event.kind === "drop" && !givesReason(event) && freedIn(event, /^xfrm_input/) &&
  IP_IN_IP.includes(event.tunnelKind) && event.tunnelDestinationPort === undefined;

/** Freed, without a reason, by what sends by tunnels of IPv6: the limit of tunnels in tunnels is one. */
export const isRefusedBySixSender = (event: Event): boolean =>
  event.kind === "drop" && !givesReason(event) &&
  freedIn(event, /^(ip6_tnl_start_xmit|ip6gre_tunnel_xmit)/);

/** Freed, without a reason, where the receiver of SIT (IPv6 in IPv4) has found the device. */
export const isRefusedBySit = (event: Event): boolean =>
  event.kind === "drop" && !givesReason(event) && freedIn(event, /^ipip6_rcv/);

/** Freed, without a reason, where the receiver of IP in IP has found its device. */
export const isRefusedByIpInIp = (event: Event): boolean =>
  event.kind === "drop" && !givesReason(event) &&
  freedIn(event, /^(ipxip6_rcv|ipip_rcv|ipip_tunnel_rcv|ipip6_rcv|sit_tunnel_rcv)/);

/** VXLAN's own reason for a VNI that no device has, on kernels that have it. */
export const saysNoTunnelId = ({ reason }: Event): boolean => reason === "VXLAN_VNI_NOT_FOUND";

/** The tunnel device had no remote for the frame: the reason's name differs with the kernel. */
export const saysNoRemote = (event: Event): boolean =>
  saysNoTarget(event) || event.reason === "VXLAN_NO_REMOTE";

/** A device in external mode was handed a packet that nothing had given another end (from Linux 6.12 on). */
export const saysNoTunnelInfo = ({ reason }: Event): boolean => reason === "TUNNEL_TXINFO";

/**
 * Freed as a drop, without a reason, where a vxlan looks for the frame's other ends: it has none. What a
 * function below cannot send is freed there.
 */
export const isFreedByVxlan = (event: Event): boolean =>
  event.kind === "drop" && !givesReason(event) && freedIn(event, /^vxlan_xmit(\.|$)/);

/** Freed where a tunnel device that learns MACs looks for the frame's remote. */
export const isInRemoteLookup = (event: Event): boolean =>
  freedIn(event, /^(vxlan_xmit|vxlan_mdb_xmit|geneve_xmit)/);

/** Protocol numbers of IPv4 and of IPv6 in a tunnel, and of GRE. */
const [IP_IN, IP6_IN, GRE] = [4, 41, 47];
const OUTER_PROTOCOLS: Readonly<Record<TunnelKind, number>> = {
  ...{ vxlan: UDP, geneve: UDP, ipip: IP_IN, sit: IP6_IN },
  ...{ gre: GRE, gretap: GRE, ip6tnl: IP6_IN },
};

/** The protocol that the outer header names. In UDP (fou, GUE) a tunnel of any kind is a datagram. */
export function outerProtocol(
  { tunnelKind, tunnelDestinationPort, network }: Partial<Event>,
): number | undefined {
  if (tunnelKind === undefined) return undefined;
  if (tunnelDestinationPort !== undefined) return UDP;
  if (tunnelKind === "ip6tnl" && network === "ip4") return IP_IN;
  return OUTER_PROTOCOLS[tunnelKind];
}

const DEVICE_KINDS = new Set([
  ...["vxlan", "geneve", "ipip", "gre", "gretap", "sit", "ip6tnl", "ip6gre", "ip6gretap", "erspan"],
]);

/** A link kind, as `ip -details link` names it, of a device that encapsulates what it is handed. */
export const isTunnelKind = (linkKind: string): boolean => DEVICE_KINDS.has(linkKind);

/** UDP ports of VXLAN (IANA's; Linux's own, which flannel uses) and Geneve. */
export const USUAL_TUNNEL_PORTS: readonly number[] = [4789, 8472, 6081];
