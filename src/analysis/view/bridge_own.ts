/** Frames that a bridge takes for its own, by its table. Rule O40. */
import type { FdbEntry, Link, NetnsState } from "../../event/state.ts";
import { linkOf, stateAfter, stateAt } from "./state_view.ts";
import type { Sighting } from "./timeline.ts";

/** A bridge's entry that makes a MAC the bridge's own. */
export interface OwnMac {
  state: NetnsState;
  bridge: Link;
  entry: FdbEntry;
}

/**
 * [O40] The entry by which the bridge that this was seen at takes the frame for its own. Such a frame is
 * given to the bridge's device and sent by no port, so that what becomes of it there is what becomes of
 * the packet. By the reading before it, or the one after, if that is the first. With VLANs each has
 * entries of its own, and nothing is said.
 */
export function ownMacAt(
  { node, netns, ifindex, device, destinationMac, at }: Sighting,
): OwnMac | null {
  if (destinationMac === undefined) return null;
  const state = stateAt(node, netns, at) ?? stateAfter(node, netns, at);
  const bridge = linkOf(state, ifindex, device);
  if (!state || !bridge || bridge.kind !== "bridge" || bridge.bridge?.vlanFiltering) return null;
  const entry = state.fdb.find(({ mac, master, vlan, flags }) =>
    mac === destinationMac && master === bridge.name && vlan === undefined &&
    flags.includes("permanent")
  );
  return entry ? { state, bridge, entry } : null;
}
