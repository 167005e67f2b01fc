/** What a filter says, after reading. Pure data: the matcher, the printer and the compiler read it. */
import type { Network } from "../event.ts";

/** Which end of the packet a term is about; `both` is pcap's `src and dst`. */
export type Side = "either" | "source" | "destination" | "both";

/** An address or a network: the packet's address under `mask` must be `bits`. */
export interface AddressTerm {
  kind: "address";
  side: Side;
  /** Only packets of this network. Without it, IPv4 addresses are looked for in ARP too. */
  network?: "ip4" | "arp";
  version: 4 | 6;
  /** As in `Address`. */
  bits: bigint;
  /** As many bits as the version has; those that are 0 are not looked at. */
  mask: bigint;
}

/** A port from `low` to `high`. Packets without ports (ICMP, later fragments) never match. */
export interface PortTerm {
  kind: "port";
  side: Side;
  /** TCP, UDP or SCTP alone. */
  protocol?: number;
  /** Port numbers, both included. */
  low: number;
  /** Not below `low`. */
  high: number;
}

/** A transport protocol by its IP protocol number. */
export interface ProtocolTerm {
  kind: "protocol";
  /** IP protocol number. */
  protocol: number;
  /** Only inside this network; without it both, never ARP. */
  network?: "ip4" | "ip6";
}

/** A network protocol: IPv4, IPv6 or ARP. */
export interface NetworkTerm {
  kind: "network";
  network: Network;
}

/** A condition that one look at a packet answers. */
export type Term = AddressTerm | PortTerm | ProtocolTerm | NetworkTerm;

/** What of a report a term can ask for, beside what a packet has. */
export const REPORT_FIELDS = [
  "node",
  "pod",
  "svc",
  "deploy",
  "netns",
  "device",
  "cause",
  "outcome",
] as const;
/** One of these. */
export type ReportField = typeof REPORT_FIELDS[number];

/** Of these, what has addresses of its own: a filter of packets can name it, too. */
export const NAME_FIELDS = ["node", "pod", "svc", "deploy", "netns"] as const;

/** Of these, what is in a Kubernetes namespace, and may be named without it. */
export const NAMESPACED_FIELDS: ReadonlySet<string> = new Set([
  "pod",
  "svc",
  "deploy",
]);

/** A name, or a pattern of names, that a report has of a flow; no packet tells it. */
export interface ReportTerm {
  kind: "report";
  field: ReportField;
  /** Which end is meant, in a filter of packets. Absent: either. */
  side?: Side;
  /** What stands before, between and behind the `*` of the pattern; one part is the whole name. */
  parts: string[];
}

/** A filter, or a part of one. */
export type FilterNode<T extends { kind: string } = Term> =
  | T
  | { kind: "all" }
  | { kind: "not"; node: FilterNode<T> }
  | { kind: "and" | "or"; nodes: FilterNode<T>[] };

/** A filter of what is in a report. A filter of packets is one, too. */
export type ReportFilter = FilterNode<Term | ReportTerm>;

/** A filter of packets, with names that stand for the addresses which they have on a node. */
export type NamedFilter = ReportFilter;

/** The filter that matches every packet. */
export const ALL: FilterNode = { kind: "all" };

/** IP protocol number of TCP. */
export const TCP = 6;
/** IP protocol number of UDP. */
export const UDP = 17;
/** IP protocol number of ICMP. */
export const ICMP = 1;
/** IP protocol number of ICMPv6. */
export const ICMP6 = 58;
/** IP protocol number of SCTP. */
export const SCTP = 132;

/** The protocols whose ports a filter knows, as in pcap. */
export const PROTOCOLS_WITH_PORTS: ReadonlySet<number> = new Set([TCP, UDP, SCTP]);

/** Joins with `and` or `or`, and lifts operands of the same kind, so that a chain is one node. */
export function join<T extends { kind: string }>(
  kind: "and" | "or",
  nodes: FilterNode<T>[],
): FilterNode<T> {
  const flat = nodes.flatMap((node) => isChain(node) && node.kind === kind ? node.nodes : [node]);
  return flat.length === 1 ? flat[0]! : { kind, nodes: flat };
}

/** Levels of `and`, `or` and `not` above the deepest term. */
export function depthOf(node: ReportFilter): number {
  if (node.kind === "not") return 1 + depthOf(node.node);
  if (node.kind === "and" || node.kind === "or") return 1 + Math.max(...node.nodes.map(depthOf));
  return 0;
}

const isChain = <T extends { kind: string }>(
  node: FilterNode<T>,
): node is { kind: "and" | "or"; nodes: FilterNode<T>[] } =>
  node.kind === "and" || node.kind === "or";
