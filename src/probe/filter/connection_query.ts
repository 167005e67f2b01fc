/** Which connections of conntrack a filter is about. */
import { type FilterNode, matchesAny } from "../../event/filter/mod.ts";
import { formatAddress, fullMask } from "../../event/filter/address.ts";
import type { Connection, ConnectionTuple } from "../../event/state_connections.ts";

/** What is looked for in conntrack's list. */
export interface FilterConnections {
  /** Each line that is meant has one of these words; empty where any line may be. */
  words: string[];
  /** Whether one direction is what the filter asks for, as it is sent or as it is translated. */
  concerns(connection: Connection): boolean;
}

/** `node` is the filter for both directions. */
export function connectionQuery(node: FilterNode): FilterConnections {
  return {
    words: [...new Set(wordsOf(node) ?? [])],
    concerns: (connection) =>
      matchesAny(node, [
        packetOf(connection, connection.original),
        packetOf(connection, connection.reply),
      ]),
  };
}

function packetOf({ protocol }: Connection, tuple: ConnectionTuple) {
  const network = tuple.source.includes(":") ? "ip6" as const : "ip4" as const;
  return { network, protocol, ...tuple };
}

/** Words of which each line of a connection that matches has one; null where none are needed. */
function wordsOf(node: FilterNode): string[] | null {
  switch (node.kind) {
    case "or": {
      const all = node.nodes.map(wordsOf);
      return all.includes(null) ? null : all.flatMap((words) => words ?? []);
    }
    case "and": {
      const all = node.nodes.map(wordsOf).filter((words) => words !== null);
      // Fewer lines have an address than have a port.
      return all.find((words) => words[0]?.startsWith("src=")) ?? all[0] ?? null;
    }
    case "address": {
      if (node.mask !== fullMask(node.version)) return null;
      const address = formatAddress(node);
      const long = node.version === 4 ? address : allZeros(node.bits);
      return [address, long].flatMap((each) => [`src=${each} `, `dst=${each} `]);
    }
    case "port":
      return node.low === node.high ? [`sport=${node.low} `, `dport=${node.low} `] : null;
    default:
      return null;
  }
}

/** As /proc writes an IPv6 address. */
function allZeros(bits: bigint): string {
  return bits.toString(16).padStart(32, "0").match(/.{4}/g)!.join(":");
}
