/** Frees for want of the next hop's link address: ARP, neighbour discovery. Linux 5.15 to 6.18. */
import type { Event } from "../../event/event.ts";
import { freedIn, hasReason } from "./free_reason.ts";

/**
 * Functions that free what waited for an answer that never came (`neigh_invalidate`, and the error
 * handlers of ARP and neighbour discovery), or what found the queue full (`__neigh_event_send`).
 * `ip_finish_output2` frees what it could make no neighbour entry for.
 */
const FUNCTIONS =
  /^(neigh_invalidate|__neigh_event_send|arp_error_report|ndisc_error_report|ip_finish_output2|neigh_)/;

/** Freed because the link address of the next hop was not resolved. */
export const isNeighbourFailure = (event: Event): boolean =>
  hasReason(event, /^NEIGH_(FAILED|QUEUEFULL|CREATEFAIL|DEAD)$/) || freedIn(event, FUNCTIONS);

const ARP_REQUEST = 1;
const NEIGHBOUR_SOLICITATION = 135;

/** The address that an ARP request or a neighbour solicitation asks for; undefined for others. */
export function askedAddress(event: Event): string | undefined {
  if (event.network === "arp" && event.arpOperation === ARP_REQUEST) return event.destination;
  return event.icmpType === NEIGHBOUR_SOLICITATION ? event.gateway : undefined;
}

/**
 * A question to one machine, whether it still has the address: the kernel asks so only while it knows the
 * link address, and then no packet waits (`NUD_PROBE` in `__neigh_event_send`). One for which packets wait
 * goes to all, or to a group.
 */
export function asksWhoIsKnown(event: Event): boolean {
  const { network, destination, destinationMac, sourceMac, arpSenderMac } = event;
  if (network === "ip6") return destination !== undefined && !destination.startsWith("ff");
  // Where the frame's sender is not the one that asks, the frame may be none of Ethernet.
  return destinationMac !== undefined && sourceMac !== undefined && sourceMac === arpSenderMac &&
    (parseInt(destinationMac, 16) & GROUP_BIT) === 0;
}

/** Of the first octet of a link address: it is that of several machines. */
const GROUP_BIT = 1;

/** An ARP request or a neighbour solicitation that asks for this address. */
export const asksFor = (event: Event, address: string): boolean => askedAddress(event) === address;

const ARP_REPLY = 2;
const NEIGHBOUR_ADVERTISEMENT = 136;

/** The address whose link address an ARP reply or a neighbour advertisement tells; undefined for others. */
export function answeredAddress(event: Event): string | undefined {
  if (event.network === "arp" && event.arpOperation === ARP_REPLY) return event.source;
  return event.icmpType === NEIGHBOUR_ADVERTISEMENT ? event.gateway : undefined;
}

const ROUTER_ADVERTISEMENT = 134;

/** A router that says it is there. The kernel takes it only from the link itself, by its hop limit. */
export const isRouterAdvertisement = ({ icmpType, network, ttl }: Event): boolean =>
  network === "ip6" && icmpType === ROUTER_ADVERTISEMENT && ttl === 255;
