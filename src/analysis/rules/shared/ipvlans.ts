/** The ipvlan devices that are made on another device. */
import { stateAt } from "../../view/state_view.ts";
import type { Owner } from "../../view/owner_index.ts";
import type { Sighting } from "../../view/timeline.ts";

const KINDS = new Set(["ipvlan", "ipvtap"]);

/** Those on the device that a packet came in by, in whichever namespace of the node. */
export function ipvlansOn({ node, netns, ifindex, at }: Sighting): Owner[] {
  return [...node.states.keys()].flatMap((inode) => {
    const state = stateAt(node, inode, at);
    return (state?.links ?? []).filter((link) =>
      KINDS.has(link.kind) && link.peerIfindex === ifindex && (link.peerNetns ?? inode) === netns
    ).map((link) => ({ node, netns: inode, link, state: state! }));
  });
}
