/** Tunnels in the kernel: the functions of their drivers, their devices and their ports. */
import type { Event } from "../../event/event.ts";

/**
 * Transmit functions of tunnel drivers (Linux 5.15 to 6.18). `ipip6_` is sit's: IPv6 inside IPv4;
 * `ip_tunnel_` and `ip_md_tunnel_` are shared by ipip, gre and sit; `udp_tunnel` by vxlan, geneve.
 */
const SENDERS =
  /^(vxlan_|geneve_|ip_tunnel_|ip_md_tunnel_|ipip_|__?gre|erspan_|ipip6_|ip6_tnl|ip6gre|sit_|udp_tunnel)/;

/** Freed by a tunnel's driver: before it was encapsulated, that means it was never sent. */
export const isFreedByTunnelSender = ({ function: by }: Event): boolean => SENDERS.test(by ?? "");

const DEVICE_KINDS = new Set([
  ...["vxlan", "geneve", "ipip", "gre", "gretap", "sit", "ip6tnl", "ip6gre", "ip6gretap", "erspan"],
]);

/** A link kind, as `ip -details link` names it, of a device that encapsulates what it is handed. */
export const isTunnelKind = (linkKind: string): boolean => DEVICE_KINDS.has(linkKind);

/** UDP ports of VXLAN (IANA's; Linux's own, which flannel uses) and Geneve. */
export const USUAL_TUNNEL_PORTS: readonly number[] = [4789, 8472, 6081];
