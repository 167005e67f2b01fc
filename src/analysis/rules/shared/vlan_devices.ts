/** Which VLANs of a device something takes. */
import type { Link, NetnsState } from "../../../event/state.ts";
import { linkOf, stateAt } from "../../view/state_view.ts";
import type { NodeView, Sighting } from "../../view/timeline.ts";

/** VLAN devices that are named. */
const SHOWN_MAX = 4;

/** A VLAN that nothing takes, and words for the VLANs of that device that something takes. */
export interface Untaken {
  id: number;
  /** Ends a sentence: ` (it has e0.20 for VLAN 20)`, or nothing. */
  others: string;
}

/**
 * The VLAN of a frame that came in by a device on which no VLAN device has that id, in whichever
 * namespace of the node. Null where one has it, where a device above may take frames with their tags
 * (bridge, bond, macvlan), where something is not known, and for a frame without a VLAN.
 */
export function vlanNobodyTakes(
  { node, netns, ifindex, vlan: id, at }: Sighting,
): Untaken | null {
  if (id === undefined || id === 0 || netns === undefined || ifindex === undefined) return null;
  const states = statesAt(node, at);
  const lower = linkOf(states.get(netns) ?? null, ifindex);
  if (!lower || lower.masterIfindex !== undefined) return null;
  const on: Link[] = [];
  for (const [inode, { links }] of states) {
    for (const link of links) {
      if (link.peerIfindex === undefined && link.vlan?.id === id) return null;
      const isOn = link.peerIfindex === ifindex && (link.peerNetns ?? inode) === netns &&
        link.ifindex !== ifindex;
      if (!isOn || link.kind === "veth") continue;
      if (link.vlan === undefined || link.vlan.id === id) return null;
      on.push(link);
    }
  }
  const shown = on.slice(0, SHOWN_MAX).map(({ name, vlan }) => `${name} for VLAN ${vlan!.id}`);
  return { id, others: shown.length > 0 ? ` (it has ${shown.join(", ")})` : "" };
}

/** What was read of each namespace for a moment. */
function statesAt(node: NodeView, at: number): Map<number, NetnsState> {
  const states = [...node.states.keys()].map((inode) => [inode, stateAt(node, inode, at)] as const);
  return new Map(states.filter((each): each is [number, NetnsState] => each[1] !== null));
}

/** Devices of this VLAN on the device that a frame came in by, in whichever namespace of the node. */
export function vlanDevicesFor(
  { node, netns, ifindex, at }: Sighting,
  id: number,
): { link: Link; netns: number }[] {
  return [...statesAt(node, at)].flatMap(([inode, { links }]) =>
    links.filter((link) =>
      link.vlan?.id === id && link.peerIfindex === ifindex && (link.peerNetns ?? inode) === netns
    ).map((link) => ({ link, netns: inode }))
  );
}
