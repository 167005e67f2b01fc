/**
 * What makes two sightings the same packet.
 *
 * An address is no identity: skbs and heads are reused within microseconds. On a node a packet is
 * followed by its skb as long as what no hop changes stays the same; between skbs and between nodes
 * only such invariants count: protocol, IP id, TCP sequence, flags and length, ICMP sequence, UDP
 * length, together with a tuple as seen there. Rules C1 to C6 in docs/rules.md.
 */
import type { EndPoints } from "../../event/report.ts";
import type { Event } from "../../event/event.ts";
import { ICMP, ICMP6, IGMP, TCP, UDP } from "../kernel/protocols.ts";

export { ICMP, ICMP6, TCP, UDP } from "../kernel/protocols.ts";

/** A packet's end points as seen at one place: NAT gives a packet several forms. */
export interface Form extends EndPoints {
  /** IP protocol number. */
  protocol: number;
  network: "ip4" | "ip6";
  /** Identifier of an ICMP echo. */
  icmpId?: number;
}

/** [C1] A key of what NAT, forwarding and encapsulation leave as it is. */
export function invariants(event: Event): string {
  const id = event.ipId ?? "";
  if (event.fragmentOffset !== undefined && event.fragmentOffset > 0) {
    return `f${event.protocol}/${id}/${event.fragmentOffset}`;
  }
  switch (event.protocol) {
    case TCP:
      return `t${id}/${event.tcpSequence}/${event.tcpAcknowledgement}/${event.tcpFlags}/${event.payload}`;
    case UDP:
      return `u${id}/${event.payload}`;
    case ICMP:
    case ICMP6:
      // A router that cuts the packet leaves the first piece its header, and less of what follows.
      return `i${id}/${event.icmpType}/${event.icmpSequence ?? `/${event.payload}`}`;
    default:
      return `o${event.protocol}/${id}/${event.ipLength}`;
  }
}

/** Whether two events surely have the same `invariants`: most sightings come right after others of their packet. */
export function hasSameInvariants(a: Event, b: Event): boolean {
  if (a.ipId !== b.ipId || a.protocol !== b.protocol) return false;
  if (a.fragmentOffset !== undefined || b.fragmentOffset !== undefined) return false;
  switch (a.protocol) {
    case TCP:
      return a.tcpSequence === b.tcpSequence && a.tcpAcknowledgement === b.tcpAcknowledgement &&
        a.tcpFlags === b.tcpFlags && a.payload === b.payload;
    case UDP:
      return a.payload === b.payload;
    case ICMP:
    case ICMP6:
      return a.icmpType === b.icmpType && a.icmpSequence === b.icmpSequence &&
        (a.icmpSequence !== undefined || a.payload === b.payload);
    default:
      return a.ipLength === b.ipLength;
  }
}

/** [C6] No IP id and no ICMP sequence number tells the packet from the next one of its flow. */
export function isAmbiguous(event: Event): boolean {
  const hasId = event.ipId !== undefined && event.ipId !== 0;
  if (hasId) return false;
  return event.icmpSequence === undefined;
}

/** The form of the (innermost) packet that an event is about. */
export function formOf(event: Event): Form {
  const form: Form = {
    protocol: event.protocol!,
    network: event.network as "ip4" | "ip6",
    source: event.source!,
    destination: event.destination!,
  };
  if (event.sourcePort !== undefined) form.sourcePort = event.sourcePort;
  if (event.destinationPort !== undefined) form.destinationPort = event.destinationPort;
  if (event.icmpId !== undefined) form.icmpId = event.icmpId;
  return form;
}

/**
 * The form a translated packet had, or will have, on the other side of this node's NAT: the tuple
 * that conntrack's connection began with, in the packet's direction. Null where conntrack told none.
 */
export function conntrackForm(event: Event): Form | null {
  if (event.conntrackSource === undefined || event.conntrackDestination === undefined) return null;
  const form: Form = {
    protocol: event.protocol!,
    network: event.network as "ip4" | "ip6",
    source: event.conntrackSource,
    destination: event.conntrackDestination,
  };
  const icmp = event.protocol === ICMP || event.protocol === ICMP6;
  if (icmp) {
    if (event.conntrackSourcePort !== undefined) form.icmpId = event.conntrackSourcePort;
  } else {
    if (event.conntrackSourcePort !== undefined) form.sourcePort = event.conntrackSourcePort;
    if (event.conntrackDestinationPort !== undefined) {
      form.destinationPort = event.conntrackDestinationPort;
    }
  }
  return event.conntrackDirection === "reply" ? reverse(form) : form;
}

/** The form of what answers: source and destination exchanged. */
export function reverse(form: Form): Form {
  const turned: Form = { ...form, source: form.destination, destination: form.source };
  delete turned.sourcePort;
  delete turned.destinationPort;
  if (form.destinationPort !== undefined) turned.sourcePort = form.destinationPort;
  if (form.sourcePort !== undefined) turned.destinationPort = form.sourcePort;
  return turned;
}

/** A key that is equal for equal forms. It goes over the wire between shards. */
export function formKey(form: Form): string {
  const id = form.icmpId === undefined ? "" : `#${form.icmpId}`;
  return `${form.protocol} ${form.source},${form.sourcePort ?? ""}>${form.destination},${
    form.destinationPort ?? ""
  }${id}`;
}

/** Whether two sightings of a packet have one form; mostly they do, and then no keys of it are made. */
export const isSameForm = (a: Event, b: Event): boolean =>
  (a.source === b.source && a.destination === b.destination && a.protocol === b.protocol &&
    a.sourcePort === b.sourcePort && a.destinationPort === b.destinationPort &&
    a.icmpId === b.icmpId) || formKey(formOf(a)) === formKey(formOf(b));

/** The key of its reverse. */
export function reverseKey(form: Form): string {
  const id = form.icmpId === undefined ? "" : `#${form.icmpId}`;
  return `${form.protocol} ${form.destination},${form.destinationPort ?? ""}>${form.source},${
    form.sourcePort ?? ""
  }${id}`;
}

/**
 * Traffic that keeps a link going (neighbour discovery, group membership): evidence, never a flow
 * of its own, or every report would be about it.
 */
export function isHousekeeping(event: Event): boolean {
  if (event.network === "arp") return true;
  if (event.protocol === IGMP) return true;
  return event.protocol === ICMP6 && event.icmpType !== undefined &&
    event.icmpType >= 130 && event.icmpType <= 143;
}

/** An ICMP message about another packet, which it quotes. */
export function isIcmpError(event: Event): boolean {
  const type = event.icmpType;
  if (type === undefined) return false;
  if (event.protocol === ICMP) return [3, 4, 5, 11, 12].includes(type);
  return event.protocol === ICMP6 && type >= 1 && type <= 4;
}
