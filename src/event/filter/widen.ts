/**
 * Widens a filter by the address translations of a node, so that what was asked for is also seen
 * as it looks on the other side of the NAT.
 *
 * A packet passes the widened filter when the filter matches it with its source, its destination,
 * or both, replaced by what a translation turns them into or made them from. Nothing else passes:
 * `host SERVICE` gains the one port of the pod behind it, not all of the pod's traffic.
 */
import { ALL, type FilterNode, join, PROTOCOLS_WITH_PORTS } from "./ast.ts";
import { type Address, fullMask, parseAddress } from "./address.ts";
import { printFilter } from "./print.ts";
import { type KnownEnd, type Residual, substitute } from "./substitute.ts";

/** NAT known on a node: an end point `from`, before it, is `to` after it. */
export interface Translation {
  /** Without a port, every port; without a protocol, every protocol. */
  from: { address: string; port?: number; protocol?: number };
  /** Without a port, the port stays. */
  to: { address: string; port?: number };
}

/** Alternatives a filter may gain at each end. With more, the kernel could not hold it anyway. */
export const WIDENINGS_MAX = 64;

/** An end point `at`, which the filter shall also see as it `becomes`. */
interface Rewrite {
  protocol?: number;
  at: { address: Address; port?: number };
  becomes: { address: Address; port: KnownEnd["port"] };
}

/**
 * The filter, or what `translations` make it match in addition. `ALL` when that is too much to
 * write down: then all packets must pass, and the exact filter decides later.
 */
export function widen(node: FilterNode, translations: Iterable<Translation>): FilterNode {
  if (node.kind === "all") return node;
  const rewrites = [...translations].flatMap(bothWays);
  const bySource = widenEnd(node, "source", rewrites);
  return bySource.kind === "all" ? ALL : widenEnd(bySource, "destination", rewrites);
}

/** What cannot be read, or changes between IPv4 and IPv6, is no NAT of addresses: left out. */
function bothWays({ from, to }: Translation): Rewrite[] {
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
    },
  ];
}

function widenEnd(node: FilterNode, side: KnownEnd["side"], rewrites: Rewrite[]): FilterNode {
  const gained = new Map<string, Gained>();
  for (const rewrite of rewrites) {
    for (const one of alternatives(node, side, rewrite)) {
      gained.set(printFilter(join("and", [...one.at, one.residual])), one);
    }
    if (gained.size > WIDENINGS_MAX) return ALL;
  }
  if (gained.size === 0) return node;
  // Ends for which the same must hold besides share it: each end has its own otherwise, and of many ends
  // on both sides the filter would be too large for the kernel.
  const byResidual = Map.groupBy(gained.values(), ({ residual }) => printFilter(residual));
  return join("or", [
    node,
    ...[...byResidual.values()].map((same): FilterNode => {
      const ends = join("or", same.map(({ at }) => join("and", at)));
      const { residual } = same[0]!;
      return residual.kind === "all" ? ends : join("and", [ends, residual]);
    }),
  ]);
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
  return before.kind === "all" || printFilter(before) === printFilter(after) ? false : after;
}
