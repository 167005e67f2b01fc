/** What is said of a filter's names when a capture begins: it would see nothing, and not say why. Pure. */
import {
  type NamedPlace,
  namesWithoutAddress,
  parseNamedFilter,
  unknownNames,
} from "../../event/filter/mod.ts";

/** Places that are known. */
export interface KnownPlaces {
  /** Those of this machine, whose addresses may not be read yet. */
  own: readonly NamedPlace[];
  /** Those of the cluster's API; undefined: nobody asked one. */
  cluster: readonly NamedPlace[] | undefined;
}

/**
 * Lines for names that nothing has yet, with what is called nearly so, and for those that stand for no
 * address. Services are known to rules on the nodes, too, which are not read yet: of these only a cluster
 * that was asked knows all. Throws LasthopError `filter_malformed`.
 */
export function nameNotices(filter: string, { own, cluster }: KnownPlaces): string[] {
  const named = parseNamedFilter(filter);
  const unknown = unknownNames(named, [...own, ...cluster ?? []])
    .filter(({ name }) => cluster !== undefined || !name.startsWith("svc/"))
    .map(({ name, near }) => {
      const meant = near.length === 0 ? "" : `; did you mean ${near.join(" or ")}?`;
      return `nothing is called ${JSON.stringify(name)} here yet${meant}`;
    });
  const without = namesWithoutAddress(named, cluster ?? []).map(({ name, nodes }) => {
    const node = nodes.map((one) => `node/${one}`).join(" or ");
    const hint = node === "" ? "" : `; a pod of its node's network has the node's: ${node}`;
    return `${JSON.stringify(name)} has no address of its own now${hint}`;
  });
  return [...unknown, ...without];
}
