/** The part of a filter that the kernel does not do: routing lookups, and what was too large. */
import type { Event } from "../../event/event.ts";
import {
  ALL,
  type FilterNode,
  type FilterPacket,
  matches,
  matchesAny,
} from "../../event/filter/mod.ts";
import { PROTOCOLS_WITH_PORTS } from "../../event/filter/ast.ts";

/** The same filter for the other direction of its flows. */
export function mirrored(node: FilterNode): FilterNode {
  switch (node.kind) {
    case "not":
      return { ...node, node: mirrored(node.node) };
    case "and":
    case "or":
      return { ...node, nodes: node.nodes.map(mirrored) };
    case "address":
    case "port":
      if (node.side === "source") return { ...node, side: "destination" };
      if (node.side === "destination") return { ...node, side: "source" };
      return node;
    default:
      return node;
  }
}

/** The same filter for what has no ports to tell: a fragment after the first. */
export function withoutPorts(node: FilterNode): FilterNode {
  switch (node.kind) {
    case "not":
      return { ...node, node: withoutPorts(node.node) };
    case "and":
    case "or":
      return { ...node, nodes: node.nodes.map(withoutPorts) };
    case "port":
      return node.protocol === undefined ? ALL : { kind: "protocol", protocol: node.protocol };
    default:
      return node;
  }
}

/** Whether the event is to be kept. `node` is the filter for both directions, as a plan has it. */
export function keeps(node: FilterNode, event: Event): boolean {
  if (event.kind === "neighbour") return true;
  if (event.kind === "route") return mayMatch(node, event);
  if (isEvidence(event) || matchesAny(node, formsOf(event))) return true;
  return (event.fragmentOffset ?? 0) > 0 && matchesAny(withoutPorts(node), formsOf(event));
}

/** The same packets as `evidence` in kernel_filter.ts lets through, for the same reason. */
function isEvidence({ network, protocol, icmpType = -1 }: Event): boolean {
  if (network === "arp") return true;
  if (protocol === 1) return [3, 4, 5, 11, 12].includes(icmpType);
  return protocol === 58 &&
    ((icmpType >= 1 && icmpType <= 4) || (icmpType >= 133 && icmpType <= 137));
}

const OUTER_PROTOCOLS = {
  vxlan: 17,
  geneve: 17,
  ipip: 4,
  sit: 41,
  ip6tnl: 41,
  gre: 47,
  gretap: 47,
};

/** The packet as it is, the tunnel around it, and its connection as it was sent. */
export function formsOf(event: Event): FilterPacket[] {
  const forms: FilterPacket[] = [event];
  if (event.tunnelKind !== undefined) {
    const ports = event.tunnelDestinationPort !== undefined;
    forms.push({
      network: event.tunnelSource?.includes(":") ? "ip6" : "ip4",
      protocol: ports ? 17 : OUTER_PROTOCOLS[event.tunnelKind],
      source: event.tunnelSource,
      destination: event.tunnelDestination,
      sourcePort: event.tunnelSourcePort,
      destinationPort: event.tunnelDestinationPort,
    });
  }
  if (event.conntrackSource !== undefined) {
    forms.push({
      network: event.network,
      protocol: event.protocol,
      source: event.conntrackSource,
      destination: event.conntrackDestination,
      sourcePort: event.conntrackSourcePort,
      destinationPort: event.conntrackDestinationPort,
    });
  }
  return forms;
}

/**
 * Whether a routing lookup may be about a packet that the filter asks for. A lookup often tells
 * neither ports nor protocol, and no source before one is chosen: what it does not tell may match.
 */
export function mayMatch(node: FilterNode, lookup: FilterPacket): boolean {
  return judge(node, lookup) !== false;
}

function judge(node: FilterNode, lookup: FilterPacket): boolean | undefined {
  switch (node.kind) {
    case "all":
      return true;
    case "not": {
      const inner = judge(node.node, lookup);
      return inner === undefined ? undefined : !inner;
    }
    case "and":
      return join(node.nodes.map((child) => judge(child, lookup)), false);
    case "or":
      return join(node.nodes.map((child) => judge(child, lookup)), true);
    default:
      return isTold(node, lookup) || matches(node, lookup) ? matches(node, lookup) : undefined;
  }
}

/**
 * Combines the parts of an `and` (`decisive` false) or an `or` (`decisive` true): one decisive part
 * gives the answer; without one, a part that is not known makes the answer not known.
 */
function join(parts: (boolean | undefined)[], decisive: boolean): boolean | undefined {
  if (parts.includes(decisive)) return decisive;
  return parts.includes(undefined) ? undefined : !decisive;
}

type Term = Exclude<FilterNode, { kind: "all" | "not" | "and" | "or" }>;

/** Whether the lookup tells what the term asks about. */
function isTold(term: Term, lookup: FilterPacket): boolean {
  switch (term.kind) {
    case "network":
      return true;
    case "protocol":
      return lookup.protocol !== undefined;
    case "address":
      return (term.side === "destination" || !isUnspecified(lookup.source)) &&
        (term.side === "source" || !isUnspecified(lookup.destination));
    case "port":
      if (lookup.protocol !== undefined && !PROTOCOLS_WITH_PORTS.has(lookup.protocol)) return true;
      return lookup.sourcePort !== undefined && lookup.destinationPort !== undefined;
  }
}

const isUnspecified = (address: string | undefined) =>
  address === undefined || address === "0.0.0.0" || address === "::";
