/** Tunnel devices of a node. */
import type { Link } from "../../../event/state.ts";
import type { Case } from "../case.ts";

/**
 * Tunnel devices of a kind in every namespace of the node. All are needed: a device may have been
 * moved, while its socket stays in the namespace that it was made in.
 */
export function tunnelsOf(subject: Case, kind: string): { link: Link; netns: number }[] {
  const result: { link: Link; netns: number }[] = [];
  for (const [netns, list] of subject.node.states) {
    for (const link of list.at(-1)!.state.links) {
      if (link.kind === kind && link.tunnel) result.push({ link, netns });
    }
  }
  return result;
}
