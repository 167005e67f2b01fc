/** A map that is too large to be read: what is like its neighbours becomes one place. Pure. */
import type { Link, MapModel, Place } from "./model.ts";

/** How much a page has room for. */
export interface Room {
  /** Places that it has room for without folding. */
  placesMax: number;
  /** So many alike are shown one by one. */
  alikeMax: number;
}

/** On a wide page, and on one that is as narrow as a phone. */
export const ROOM: Record<"wide" | "narrow", Room> = {
  wide: { placesMax: 24, alikeMax: 3 },
  narrow: { placesMax: 6, alikeMax: 1 },
};
/** So many places where packets die are never folded: those with the most flows. */
const DEADLY_MAX = 40;

/**
 * The map with its many alike places folded; where packets die is not folded, as far as a page has room
 * for it. Namespaces of one node through which nothing fails are alike, and those through which
 * something does; and so are whole nodes. `open` has ids of folds that are shown one by one.
 */
export function foldMap(map: MapModel, open: ReadonlySet<string>, room: Room): MapModel {
  if (map.places.length <= room.placesMax) return map;
  const folds = new Map<string, Place[]>();
  const deadly = new Set(deadliest(map.places));
  const byNode = Map.groupBy(map.places, ({ node }) => node);
  const plain: Place[][] = [];
  for (const places of byNode.values()) {
    const rest = places.filter((place) => !deadly.has(place));
    if (rest.length === places.length) plain.push(places);
    else addFolds(folds, rest, room);
  }
  const nodesBy = Map.groupBy(plain, (places) => kindOf(places));
  for (const [kind, nodes] of nodesBy) {
    const id = `nodes ${kind}`;
    if (nodes.length > room.alikeMax && !open.has(id)) folds.set(id, nodes.flat());
    else {for (const places of nodes) {
        addFolds(folds, places, room);
      }}
  }
  for (const id of open) folds.delete(id);
  return withFolds(map, folds);
}

type Kind = "failing" | "well";

const kindOf = (places: readonly Place[]): Kind =>
  places.some(({ failing, problems }) => failing > 0 || problems.length > 0) ? "failing" : "well";

function deadliest(places: readonly Place[]): Place[] {
  const lost = ({ problems }: Place) => problems.reduce((sum, { flows }) => sum + flows, 0);
  return places.filter(({ problems }) => problems.length > 0)
    .map((place) => ({ place, lost: lost(place) }))
    .sort((a, b) => b.lost - a.lost).slice(0, DEADLY_MAX).map(({ place }) => place);
}

function addFolds(
  folds: Map<string, Place[]>,
  places: readonly Place[],
  { alikeMax }: Room,
): void {
  const of = JSON.stringify(places[0]?.node);
  for (const [kind, alike] of Map.groupBy(places, (place) => kindOf([place]))) {
    if (alike.length > alikeMax) folds.set(`${kind} of ${of}`, alike);
  }
}

function withFolds({ places, links }: MapModel, folds: ReadonlyMap<string, Place[]>): MapModel {
  const foldOf = new Map<string, string>();
  for (const [id, members] of folds) for (const place of members) foldOf.set(place.id, id);
  const shown: Place[] = [];
  for (const [id, members] of folds) shown.push(foldedPlace(id, members));
  const merged = new Map<string, Link>();
  for (const link of links) {
    const [from, to] = [foldOf.get(link.from) ?? link.from, foldOf.get(link.to) ?? link.to];
    if (from === to) continue;
    const [key, other] = [JSON.stringify([from, to]), JSON.stringify([to, from])];
    const same = merged.get(key) ?? merged.get(other);
    if (same === undefined) merged.set(key, { ...link, from, to, tunnels: [...link.tunnels] });
    else {
      same.flows += link.flows;
      same.failing += link.failing;
      same.tunnels = [...new Set([...same.tunnels, ...link.tunnels])];
    }
  }
  return {
    places: [...places.filter(({ id }) => !foldOf.has(id)), ...shown],
    links: [...merged.values()],
  };
}

function foldedPlace(id: string, members: readonly Place[]): Place {
  const nodes = new Set(members.map(({ node }) => node));
  const most = (of: (place: Place) => number) =>
    members.reduce((max, one) => Math.max(max, of(one)), 0);
  return {
    id,
    node: nodes.size === 1 ? members[0]!.node : null,
    netns: "",
    name: "",
    flows: most(({ flows }) => flows),
    failing: most(({ failing }) => failing),
    problems: members.flatMap(({ problems }) => problems),
    folded: { places: members.length, nodes: nodes.size },
  };
}
