/**
 * Widens a filter by the address translations of a node, so that what was asked for is also seen
 * as it looks on the other side of the NAT.
 *
 * A packet passes the widened filter when the filter matches it with its source, its destination,
 * or both, replaced by what a translation turns them into or made them from. Nothing else passes:
 * `host SERVICE` gains the one port of the pod behind it, not all of the pod's traffic.
 */
import { ALL, type FilterNode, join, PROTOCOLS_WITH_PORTS, UDP } from "./ast.ts";
import { type Address, fullMask, parseAddress, type Subnet } from "./address.ts";
import { printFilter } from "./print.ts";
import { type KnownEnd, type Residual, substitute } from "./substitute.ts";

/** NAT known on a node: an end point `from`, before it, is `to` after it. */
export interface Translation {
  /** Without a port, every port; without a protocol, every protocol. */
  from: { address: string; port?: number; protocol?: number };
  /** Without a port, the port stays. */
  to: { address: string; port?: number };
  /** Only where the packet's other end is one of these when this end is `to`. Absent: any. */
  peers?: readonly Peer[];
  /** Not where it is one of these. */
  notPeers?: readonly Peer[];
  /** Not when it is `to` and either end has one of these UDP ports. */
  notUdpPorts?: readonly number[];
}

/** Ends of packets that have all of this. */
export interface Peer {
  network?: Subnet;
  port?: number;
}

/** Alternatives a filter may gain at each end. With more, the kernel could not hold it anyway. */
export const WIDENINGS_MAX = 64;

/** An end point `at`, which the filter shall also see as it `becomes`. */
interface Rewrite {
  protocol?: number;
  at: { address: Address; port?: number };
  becomes: { address: Address; port: KnownEnd["port"] };
  /** What the packet's other end must be. */
  other?: Pick<Translation, "peers" | "notPeers" | "notUdpPorts">;
}

/**
 * The filter, or what `translations` make it match in addition. `ALL` when that is too much to
 * write down: then all packets must pass, and the exact filter decides later.
 */
export function widen(node: FilterNode, translations: Iterable<Translation>): FilterNode {
  if (node.kind === "all") return node;
  const rewrites = [...translations].flatMap(bothWays);
  const byDestination = (residual: FilterNode): FilterNode => {
    const gained = gains(residual, "destination", rewrites);
    return gained === null ? ALL : some([residual, ...gained]);
  };
  const bySource = gains(node, "source", rewrites, byDestination);
  const gained = gains(node, "destination", rewrites);
  return bySource === null || gained === null ? ALL : some([node, ...bySource, ...gained]);
}

const some = (nodes: FilterNode[]): FilterNode =>
  nodes.some(({ kind }) => kind === "all") ? ALL : join("or", nodes);

/** What cannot be read, or changes between IPv4 and IPv6, is no NAT of addresses: left out. */
function bothWays({ from, to, ...other }: Translation): Rewrite[] {
  const before = parseAddress(from.address);
  const after = parseAddress(to.address);
  if (!before || !after || before.version !== after.version) return [];
  const protocol = from.protocol;
  // Of ICMP, what is kept as ports are ids.
  const hasPorts = protocol === undefined || PROTOCOLS_WITH_PORTS.has(protocol);
  const fromPort = hasPorts ? from.port : undefined;
  const toPort = hasPorts ? to.port ?? from.port : undefined;
  return [
    {
      protocol,
      at: { address: before, port: fromPort },
      becomes: { address: after, port: toPort ?? "own" },
    },
    {
      protocol,
      at: { address: after, port: toPort },
      becomes: { address: before, port: fromPort ?? (toPort === undefined ? "own" : "any") },
      other,
    },
  ];
}

/**
 * What passes besides, when one end is seen as it becomes; null when that is too much to write down.
 * `widened` may let more pass of what must hold for the filter then; what must hold of the other end for
 * it to become so holds of the packet as it is.
 */
function gains(
  node: FilterNode,
  side: KnownEnd["side"],
  rewrites: Rewrite[],
  widened: (residual: FilterNode) => FilterNode = (residual) => residual,
): FilterNode[] | null {
  const gained = new Map<string, Gained & { more: FilterNode[] }>();
  for (const rewrite of rewrites) {
    const more = besides(side === "source" ? "destination" : "source", rewrite);
    for (const one of alternatives(node, side, rewrite)) {
      gained.set(printFilter(join("and", [...one.at, ...more, one.residual])), { ...one, more });
    }
    if (gained.size > WIDENINGS_MAX) return null;
  }
  // Ends for which the same must hold besides share it: each end has its own otherwise, and of many ends
  // on both sides the filter would be too large for the kernel.
  const bySame = Map.groupBy(
    gained.values(),
    ({ residual, more }) => [residual, ...more].map(printFilter).join("\n"),
  );
  return [...bySame.values()].map((same): FilterNode => {
    const ends = join("or", same.map(({ at }) => join("and", at)));
    const { residual, more } = same[0]!;
    const open = [ends, ...more, widened(residual)].filter(({ kind }) => kind !== "all");
    return join("and", open);
  });
}

/** What must hold of the packet's other end, and of both. */
function besides(side: KnownEnd["side"], { other = {} }: Rewrite): FilterNode[] {
  const has = ({ network, port }: Peer): FilterNode => {
    const terms: FilterNode[] = [
      ...(port === undefined ? [] : [{ kind: "port", side, low: port, high: port } as const]),
      ...(network === undefined ? [] : [{ kind: "address", side, ...network } as const]),
    ];
    return terms.length === 0 ? ALL : join("and", terms);
  };
  const { peers, notPeers = [], notUdpPorts = [] } = other;
  const left = [
    ...notPeers.map(has),
    ...notUdpPorts.map((port): FilterNode => ({
      ...{ kind: "port", side: "either", protocol: UDP, low: port, high: port },
    })),
  ];
  return [
    ...(peers === undefined ? [] : [join("or", peers.map(has))]),
    ...left.map((node): FilterNode => ({ kind: "not", node })),
  ];
}

/** Packets that are at an end, and what else must hold for the filter then. */
interface Gained {
  at: FilterNode[];
  residual: FilterNode;
}

/** Packets whose end is at the rewrite's point, and what else must hold for the filter then. */
function alternatives(node: FilterNode, side: KnownEnd["side"], rewrite: Rewrite): Gained[] {
  const { protocol, at } = rewrite;
  const { version, bits } = at.address;
  const isAt = (ports: FilterNode, residual: FilterNode): Gained => {
    const mask = fullMask(version);
    const network = version === 4 ? { network: "ip4" as const } : {};
    const address = { kind: "address", side, ...network, version, bits, mask } as const;
    const isProtocol: FilterNode = protocol === undefined ? ALL : { kind: "protocol", protocol };
    // The address last: alternatives then share what is before it, and compile small.
    const at = [isProtocol, ports, address].filter(({ kind }) => kind !== "all");
    return { at, residual };
  };
  if (at.port === undefined) {
    const residual = gain(node, side, rewrite);
    return residual ? [isAt(ALL, residual)] : [];
  }
  const samePort: FilterNode = { kind: "port", side, low: at.port, high: at.port };
  const withPort = gain(node, side, rewrite, true);
  // Later fragments are translated with their first one, and have but their addresses to tell.
  const without = gain(node, side, rewrite, false);
  if (withPort && without && printFilter(withPort) === printFilter(without)) {
    return [isAt({ kind: "or", nodes: [samePort, NO_PORTS] }, withPort)];
  }
  const result: Gained[] = [];
  if (withPort) result.push(isAt(samePort, withPort));
  if (without) result.push(isAt(NO_PORTS, without));
  return result;
}

const NO_PORTS: FilterNode = {
  kind: "not",
  node: { kind: "port", side: "either", low: 0, high: 65_535 },
};

/** What must hold besides; false when the filter matches no packet more than it did before. */
function gain(
  node: FilterNode,
  side: KnownEnd["side"],
  { protocol, at, becomes }: Rewrite,
  hasPorts?: boolean,
): Residual {
  const common = { side, version: at.address.version, protocol, hasPorts };
  const after = substitute(node, { ...common, bits: becomes.address.bits, port: becomes.port });
  if (after === false) return false;
  const before = substitute(node, { ...common, bits: at.address.bits, port: at.port ?? "own" });
  if (before === false) return after;
  return isPart(after, before) ? false : after;
}

/** Whether all that `part` asks for is asked for by `whole`, as far as that is written the same. */
function isPart(part: FilterNode, whole: FilterNode): boolean {
  const all = (node: FilterNode) =>
    node.kind === "all" ? [] : (node.kind === "and" ? node.nodes : [node]).map(printFilter);
  const parts = new Set(all(part));
  return all(whole).every((text) => parts.has(text));
}
