/** A filter with names as probes elsewhere can use it, which have no cluster to ask. Pure. */
import { join, type ReportTerm, type Term } from "../event/filter/ast.ts";
import {
  FILTER_LENGTH_MAX,
  type NamedFilter,
  type NamedPlace,
  parseNamedFilter,
  printFilter,
  resolveNames,
} from "../event/filter/mod.ts";

/** Addresses that one name stands for at most, fewer where the filter gets too long. */
const ADDRESSES_MAX = [64, 16, 4];

/**
 * The filter with each name, or any of the addresses that it has now: a probe follows the name where its
 * node knows it, and looks for the addresses where it does not. The filter as it is where that is too long.
 * Throws LasthopError `filter_malformed` for one that cannot be read.
 */
export function filterForProbes(text: string, places: readonly NamedPlace[]): string {
  const filter = parseNamedFilter(text);
  for (const max of ADDRESSES_MAX) {
    const longer = printFilter(withAddresses(filter, places, max));
    if (longer.length <= FILTER_LENGTH_MAX) return longer;
  }
  return text;
}

function withAddresses(
  node: NamedFilter,
  places: readonly NamedPlace[],
  max: number,
): NamedFilter {
  if (node.kind === "not") return { kind: "not", node: withAddresses(node.node, places, max) };
  if (node.kind === "and" || node.kind === "or") {
    return { kind: node.kind, nodes: node.nodes.map((one) => withAddresses(one, places, max)) };
  }
  if (node.kind !== "report") return node;
  const addresses = resolveNames(node, places, max);
  // Nothing is called so.
  if (addresses.kind === "not") return node;
  return join<Term | ReportTerm>("or", [node, addresses]);
}
