/**
 * What is left of a filter once one end of the packet is known: terms about it become true or
 * false, terms about the other end stay.
 */
import {
  type AddressTerm,
  ALL,
  type FilterNode,
  join,
  type PortTerm,
  PROTOCOLS_WITH_PORTS,
  type ProtocolTerm,
} from "./ast.ts";

/** One end of an IP packet, as a filter shall see it. */
export interface KnownEnd {
  side: "source" | "destination";
  version: 4 | 6;
  /** As in `Address`. */
  bits: bigint;
  /** IP protocol number. */
  protocol?: number;
  /** `own`: the packet's, whatever it is. `any`: not known, and every port counts as a match. */
  port: number | "own" | "any";
  /** Undefined when packets with and without ports are meant. */
  hasPorts?: boolean;
}

/** False when nothing can match any more. */
export type Residual = FilterNode | false;

/** `positive` is false under an odd number of `not`: there, `any` has to count as no match. */
export function substitute(node: FilterNode, end: KnownEnd, positive = true): Residual {
  switch (node.kind) {
    case "all":
      return node;
    case "not":
      return inverse(substitute(node.node, end, !positive));
    case "and":
      return every(node.nodes.map((child) => substitute(child, end, positive)));
    case "or":
      return some(node.nodes.map((child) => substitute(child, end, positive)));
    case "network":
      return when(node.network === networkOf(end));
    case "protocol":
      return substituteProtocol(node, end);
    case "port":
      return substitutePort(node, end, positive);
    case "address":
      return substituteAddress(node, end);
  }
}

const when = (holds: boolean): Residual => holds ? ALL : false;
const networkOf = ({ version }: KnownEnd) => version === 4 ? "ip4" : "ip6";

function inverse(residual: Residual): Residual {
  if (residual === false) return ALL;
  return residual.kind === "all" ? false : { kind: "not", node: residual };
}

function every(parts: Residual[]): Residual {
  if (parts.includes(false)) return false;
  const open = parts.filter((part) => part !== false && part.kind !== "all") as FilterNode[];
  if (open.length === 0) return ALL;
  const joined = join("and", open);
  return joined.kind === "and" ? possible(joined.nodes) : joined;
}

/** Without alternatives that ask for another address of an end which has one: no packet has two. */
function possible(nodes: FilterNode[]): Residual {
  const ends = nodes.filter((node) => node.kind === "address");
  const isPossible = (node: FilterNode): boolean =>
    node.kind === "and"
      ? node.nodes.every(isPossible)
      : node.kind !== "address" || !ends.some((end) => areApart(end, node));
  const left: FilterNode[] = [];
  for (const node of nodes) {
    if (node.kind !== "or") {
      if (!isPossible(node)) return false;
      left.push(node);
      continue;
    }
    const alternatives = node.nodes.filter(isPossible);
    if (alternatives.length === 0) return false;
    left.push(alternatives.length === node.nodes.length ? node : join("or", alternatives));
  }
  return join("and", left);
}

function areApart(a: AddressTerm, b: AddressTerm): boolean {
  if (a.side !== b.side || (a.side !== "source" && a.side !== "destination")) return false;
  const mask = a.mask & b.mask;
  return a.version !== b.version || (a.bits & mask) !== (b.bits & mask);
}

function some(parts: Residual[]): Residual {
  const open = parts.filter((part) => part !== false);
  if (open.some(({ kind }) => kind === "all")) return ALL;
  return open.length === 0 ? false : join("or", open);
}

function substituteProtocol(term: ProtocolTerm, end: KnownEnd): Residual {
  if (term.network !== undefined && term.network !== networkOf(end)) return false;
  if (end.protocol !== undefined) return when(end.protocol === term.protocol);
  return end.hasPorts && !PROTOCOLS_WITH_PORTS.has(term.protocol) ? false : term;
}

function substitutePort(term: PortTerm, end: KnownEnd, positive: boolean): Residual {
  const { protocol, low, high } = term;
  if (end.hasPorts === false) return false;
  if (protocol !== undefined && end.protocol !== undefined && protocol !== end.protocol) {
    return false;
  }
  if (end.port === "own") return term;
  const holds = end.port === "any" ? positive : low <= end.port && end.port <= high;
  // True of the known port still asks that the packet has ports, of the protocol named.
  const rest: PortTerm = { ...term, side: end.side, low: 0, high: 65_535 };
  const settled = end.hasPorts && (protocol === undefined || end.protocol !== undefined);
  return onSides(term, end.side, holds && (settled ? ALL : rest));
}

function substituteAddress(term: AddressTerm, end: KnownEnd): Residual {
  if (term.version !== end.version || term.network === "arp") return false;
  return onSides(term, end.side, when((end.bits & term.mask) === term.bits));
}

/** Joins what is known of one side with the term about the other, as the term's side says. */
function onSides(
  term: AddressTerm | PortTerm,
  known: KnownEnd["side"],
  holds: Residual,
): Residual {
  const other = known === "source" ? "destination" : "source";
  if (term.side === known) return holds;
  if (term.side === other) return term;
  const rest = { ...term, side: other } as const;
  return term.side === "both" ? every([holds, rest]) : some([holds, rest]);
}
