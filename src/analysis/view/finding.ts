/** Sightings by a key, and who asked for them. */
import { ask, noted, read } from "./asked.ts";
import { type Indexed, indexed } from "./indexed.ts";
import { byTime, type NodeView, type Sighting } from "./timeline.ts";

/** A way to find sightings. */
export type Find = Indexed<Sighting>;

/** By the name of the node, then by its time. */
export const inOrder = (a: Sighting, b: Sighting): number =>
  a.node === b.node ? byTime(a, b) : a.node.name < b.node.name ? -1 : 1;

/** Finds sightings by a key; `keyOf` gives undefined for what is not asked for. */
export const finding = (keyOf: (event: Sighting) => string | undefined): Find =>
  indexed(keyOf, inOrder);

const eventsOf = (node: NodeView): readonly Sighting[] => noted(null, () => node.events);

/** All that a node saw with this key, in the order of time. */
export function seenOn(node: NodeView, find: Find, key: string): readonly Sighting[] {
  const events = eventsOf(node);
  read(find.sourceOf(events, key));
  return find.of(events, key);
}

/**
 * What is concluded from all that a node saw with this key: who asks so is not told of sightings that make
 * no difference to it. `what` tells all that it depends on besides.
 */
export function concludedFrom<T>(
  node: NodeView,
  find: Find,
  key: string,
  what: string,
  conclude: (seen: readonly Sighting[]) => T,
): T {
  const events = eventsOf(node);
  return ask(find.sourceOf(events, key), what, () => conclude(find.of(events, key)));
}
