/** The other end of a virtual cable. */
import type { Link } from "../../../event/state.ts";
import type { NodeView } from "../../view/timeline.ts";
import { lastState } from "../../view/state_view.ts";

/**
 * The other end of a veth pair. On another node it must name this device as its own peer: numbers of
 * namespaces and devices are the same on many machines.
 */
export function peerOf(
  nodes: readonly NodeView[],
  own: NodeView,
  netns: number | undefined,
  link: Link,
) {
  if (link.peerNetns === undefined) return null;
  for (const node of new Set([own, ...nodes])) {
    const state = lastState(node, link.peerNetns);
    const peer = state?.links.find((other) => other.ifindex === link.peerIfindex);
    const isMutual = peer?.peerIfindex === link.ifindex && peer.peerNetns === netns;
    if (peer && (node === own || isMutual)) return { node, netns: link.peerNetns, link: peer };
  }
  return null;
}
