/** A filter with names, by what the nodes told of who has which address. */
import {
  type FilterNode,
  isNamed,
  type NamedPlace,
  parseNamedFilter,
  placeOfState,
  resolveNames,
  servicePlaces,
} from "../../event/filter/mod.ts";
import { isOwn } from "./netns_names.ts";
import type { NodeView } from "./timeline.ts";

/**
 * The filter with the addresses that its names had at any time, on any of the nodes, or of `others`: a pod that was
 * replaced is meant as it was and as it is. Throws LasthopError `filter_malformed` when it is none.
 */
export function resolvedFilter(
  text: string,
  nodes: readonly NodeView[],
  others: () => Iterable<NamedPlace> = () => [],
): FilterNode {
  const filter = parseNamedFilter(text);
  return resolveNames(filter, isNamed(filter) ? [...places(nodes), ...others()] : []);
}

function* places(nodes: readonly NodeView[]): Generator<NamedPlace> {
  for (const node of nodes) {
    for (const [netns, list] of node.states) {
      const where = { node: node.name, own: isOwn(node, netns) };
      for (const { state } of list) {
        yield placeOfState(state, where);
        yield* servicePlaces(state, node.name);
      }
    }
  }
}
