/** Tunnel devices of a node. */
import type { Link } from "../../../event/state.ts";
import type { Sighting } from "../../view/timeline.ts";
import type { Case } from "../case.ts";

/** The kind of device that takes such a tunnel's packets: those of GRE in IPv6 have kinds of their own. */
export const receiverKind = ({ tunnelKind, tunnelSource }: Sighting): string =>
  tunnelSource?.includes(":") && /^gre/.test(tunnelKind!) ? `ip6${tunnelKind}` : tunnelKind!;

/** The id or key that a device takes packets with; undefined: it has none. */
export const receivedIdOf = ({ tunnel }: Link): number | undefined => {
  const id = tunnel?.receivedId ?? tunnel?.id;
  return tunnel?.receivedId === 0 ? undefined : id;
};

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
