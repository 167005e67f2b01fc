/** Frames that came to hosts they are not for: what their end there says of the packet. Rule O4. */
import { nextHops } from "../view/next_hops.ts";
import type { NetnsState } from "../../event/state.ts";
import { ask } from "../view/asked.ts";
import { isOneClock } from "../view/coverage.ts";
import { ownMacAt } from "../view/bridge_own.ts";
import { lookUpRoute } from "../view/routing.ts";
import { acceptsAddress, linkOf, ownsAddress, stateAfter, stateAt } from "../view/state_view.ts";
import type { NodeView, Sighting } from "../view/timeline.ts";

/** The packet of these sightings of one node came in a tunnel that ends at this node. */
export function cameByTunnelEndingHere(events: readonly Sighting[]): boolean {
  return events.some((event) =>
    event.kind === "device-rx" && event.tunnelDestination !== undefined &&
    event.packetType === "host" && holds(event.node, event.tunnelDestination)
  );
}

/**
 * [O4] What a bridge of the node floods of these sightings of one node is the packet, and not a copy of it:
 * its tunnel ends there, or the node knew the link address of its next hop behind a bridge of its own.
 */
export const isOfThisNode = (events: readonly Sighting[]): boolean =>
  cameByTunnelEndingHere(events) || events.some(isHandedToBridge);

const isHandedToBridge = ({ kind, node, netns, ifindex, device, at }: Sighting): boolean =>
  kind === "device-tx" && linkOf(stateAt(node, netns, at), ifindex, device)?.kind === "bridge";

/**
 * [O4] Whether a drop of another host's frame is a drop of the packet. A frame that a bridge flooded
 * is freed by every host that it is not for; that loses the packet only where the packet's
 * destination or next hop lives, at the other end of a veth pair, or at a bridge that takes it for its
 * own. `sent` is the transmission before the drop, where one is known.
 */
export function isMeantHere(event: Sighting, sent: Sighting | null): boolean {
  const here = stateAt(event.node, event.netns, event.at);
  const destination = event.tunnelDestination ?? event.destination ?? "";
  if (acceptsAddress(here, destination)) return true;
  // The device's own: what made it another host's is its VLAN, which nothing here takes.
  const { destinationMac } = event;
  if (destinationMac !== undefined && linkOf(here, event.ifindex)?.mac === destinationMac) {
    return true;
  }
  // [O40] The bridge sends it to nobody else.
  if (ownMacAt(event) !== null) return true;
  if (!sent) return false;
  // The tunnel's sender chose this node, so what came out of the tunnel here was meant for it. That
  // is only so on the tunnel device itself: a bridge behind it floods to others, too.
  const isChosen = sent.tunnelDestination !== undefined && event.tunnelDestination === undefined &&
    linkOf(here, event.ifindex)?.tunnel !== undefined &&
    holds(event.node, sent.tunnelDestination);
  if (isChosen) return true;
  const there = stateAt(sent.node, sent.netns, sent.at);
  const link = linkOf(there, sent.ifindex, sent.device);
  const isPair = link !== undefined && leadsTo(sent, event) &&
    (!link.bridgePort || isForwarded(sent, link.name, event.destinationMac));
  const route = there && lookUpRoute(there, { destination }).route;
  return isPair || nextHops(route, destination).some(({ address }) => ownsAddress(here, address));
}

/**
 * The frame was handed to one end of a veth pair, and this was seen at the other end. Namespaces of two
 * kernels may have one number, those of several nodes on one kernel have not.
 */
export function leadsTo({ node, netns, ifindex, device, at }: Sighting, there: Sighting): boolean {
  const link = linkOf(stateAt(node, netns, at), ifindex, device);
  return link?.kind === "veth" && link.peerIfindex === there.ifindex &&
    link.peerNetns === there.netns && isOneClock(node, there.node);
}

/** The other end of the veth pair that a frame was handed to, as `leadsTo` compares it; null: none is known. */
export function peerOf({ node, netns, ifindex, device, at }: Sighting): string | null {
  const link = linkOf(stateAt(node, netns, at), ifindex, device);
  if (link?.kind !== "veth" || link.peerNetns === undefined) return null;
  return endOf({ netns: link.peerNetns, ifindex: link.peerIfindex });
}

/** A device as `peerOf` tells it. */
export const endOf = ({ netns, ifindex }: Pick<Sighting, "netns" | "ifindex">): string =>
  `${netns} ${ifindex}`;

/** So it is by a reading around the transmission: an entry that was just made is in the later one. */
const isForwarded = ({ node, netns, at }: Sighting, port: string, mac: string | undefined) =>
  [stateAt(node, netns, at), stateAfter(node, netns, at)].some((state) =>
    state !== null && forwardsTo(state, port, mac)
  );

/** The bridge's table has the MAC behind this port, so that the bridge does not flood the frame. */
function forwardsTo(bridge: NetnsState, port: string, mac: string | undefined): boolean {
  return bridge.fdb.some((entry) =>
    entry.mac === mac && entry.device === port && entry.destination === undefined
  );
}

/** A namespace of the node has the address, by its last state. */
const holds = (node: NodeView, address: string): boolean =>
  ask(
    node.statesSource,
    `holds ${address}`,
    () => [...node.states.values()].some((list) => ownsAddress(list.at(-1)!.state, address)),
  );
