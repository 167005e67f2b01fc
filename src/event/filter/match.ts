/** Does a filter match a packet, as it looked in one of its forms. */
import {
  type AddressTerm,
  type FilterNode,
  type PortTerm,
  PROTOCOLS_WITH_PORTS,
  type Side,
} from "./ast.ts";
import { type Address, parseAddress } from "./address.ts";
import type { Network } from "../event.ts";

/** One form of a packet; an `Event` is one. ARP: sender and target as source and destination. */
export interface FilterPacket {
  network?: Network;
  /** IP protocol number. */
  protocol?: number;
  source?: string;
  destination?: string;
  /** Absent when there is none, as in every fragment but the first. */
  sourcePort?: number;
  destinationPort?: number;
}

interface Ends<T> {
  source: T | null;
  destination: T | null;
}

/** A packet with its addresses read, once for all terms of a filter. */
export interface Form {
  network?: Network;
  /** IP protocol number. */
  protocol?: number;
  addresses: Ends<Address>;
  ports: Ends<number>;
}

/** Whether one form of a packet is what the filter asks for. */
export function matches(node: FilterNode, packet: FilterPacket): boolean {
  return node.kind === "all" || test(node, readForm(packet));
}

/**
 * A packet passes when any of its forms does: before or after NAT, inside or outside of a tunnel.
 * So `not host X` passes a packet of which one form doesn't name X, though another does.
 */
export function matchesAny(node: FilterNode, forms: Iterable<FilterPacket>): boolean {
  if (node.kind === "all") return true;
  for (const form of forms) if (matches(node, form)) return true;
  return false;
}

/** A packet's addresses and ports, read for any number of filters. */
export function readForm(packet: FilterPacket): Form {
  const { network, protocol, source, destination, sourcePort, destinationPort } = packet;
  const isIp = network !== "arp";
  // ICMP ids are sometimes kept where ports are; they are none.
  const hasPorts = isIp && (protocol === undefined || PROTOCOLS_WITH_PORTS.has(protocol));
  return {
    network,
    protocol: isIp ? protocol : undefined,
    addresses: {
      source: source === undefined ? null : parseAddress(source),
      destination: destination === undefined ? null : parseAddress(destination),
    },
    ports: {
      source: hasPorts ? sourcePort ?? null : null,
      destination: hasPorts ? destinationPort ?? null : null,
    },
  };
}

/** Whether a form that is read fits. */
export function test(node: FilterNode, form: Form): boolean {
  switch (node.kind) {
    case "all":
      return true;
    case "not":
      return !test(node.node, form);
    case "and":
      return node.nodes.every((child) => test(child, form));
    case "or":
      return node.nodes.some((child) => test(child, form));
    case "network":
      return form.network === node.network;
    case "protocol":
      return form.protocol === node.protocol && isIn(form, node.network);
    case "port":
      return testPort(node, form);
    case "address":
      return testAddress(node, form);
  }
}

const isIn = (form: Form, network: Network | undefined) =>
  network === undefined || form.network === network;

function testPort({ protocol, side, low, high }: PortTerm, form: Form): boolean {
  if (protocol !== undefined && form.protocol !== protocol) return false;
  return onSide(side, form.ports, (port) => low <= port && port <= high);
}

function testAddress(term: AddressTerm, form: Form): boolean {
  const { version, bits, mask } = term;
  if (!isIn(form, term.network)) return false;
  return onSide(
    term.side,
    form.addresses,
    (address) => address.version === version && (address.bits & mask) === bits,
  );
}

function onSide<T>(side: Side, ends: Ends<T>, holds: (end: T) => boolean): boolean {
  const source = ends.source !== null && side !== "destination" && holds(ends.source);
  if (side === "source" || (side === "either" && source)) return source;
  const destination = ends.destination !== null && holds(ends.destination);
  return side === "both" ? source && destination : destination;
}
