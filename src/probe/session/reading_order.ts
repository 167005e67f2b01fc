/** In which order namespaces are read when a trace begins. */
import { inodeOfLink, type NetnsHandle } from "../state/mod.ts";

/** This process's own namespace, then those that the filter names, then the others. */
export function inReadingOrder(
  nodes: readonly { name: string; netns: ReadonlyMap<number, NetnsHandle> }[],
  isNamed: (netns: NetnsHandle, node: string) => boolean,
): { handles: NetnsHandle[]; firstCount: number } {
  const own = inodeOfLink("/proc/self/ns/net");
  const ranked = nodes.flatMap(({ name, netns }) =>
    netns.values().map((handle) => {
      const rank = handle.inode === own ? 0 : isNamed(handle, name) ? 1 : 2;
      return { handle, rank };
    }).toArray()
  );
  const handles = ranked.sort((a, b) => a.rank - b.rank).map(({ handle }) => handle);
  return { handles, firstCount: ranked.filter(({ rank }) => rank < 2).length };
}
