/** What people are told of this cause. */
import type { CauseText } from "../cause_text.ts";

/** Its section of docs/causes.md. */
export const cause: CauseText = {
  code: "neighbour-unresolved",
  group: "link",
  means: "Nobody answered for the next hop's link address: ARP for IPv4, neighbour discovery for " +
    "IPv6.",
  knows:
    "The kernel gave the packet up in neighbour resolution, and the entry of that address on " +
    "that device is failed or incomplete. The evidence counts the questions that were seen, " +
    "and says whether any probed node has the address. A packet that still waits is `likely`.",
  remedy:
    "Is the next hop up, on the same segment, and is its address right? If the questions were " +
    "seen to arrive, look at why the other end keeps silent: `arp_ignore`, another VLAN, a " +
    "bridge with `neigh_suppress`, an address that moved. An address of IPv6 that failed duplicate " +
    "address detection (`dadfailed`) is not answered for until it is deleted and added again. For " +
    "a host behind another one, as a VPN's client, that one must answer: `proxy_arp`, or `ip neigh " +
    "add proxy`.",
};
