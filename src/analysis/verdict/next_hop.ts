/** Where a packet should have come next. */
import { nextHops, routeBy } from "../view/next_hops.ts";
import type { Link, NetnsState } from "../../event/state.ts";
import { portsTowards } from "../view/bridge_vlans.ts";
import { lookUpRoute } from "../view/routing.ts";
import {
  holdersOfMac,
  lastState,
  linkOf,
  type Owner,
  ownersOf,
  stateAfter,
  stateAt,
} from "../view/state_view.ts";
import type { NodeView, Sighting } from "../view/timeline.ts";

/**
 * The probed places that a sent packet may have come to next: the holder of the frame's MAC; else
 * the other end of a veth pair; else the owners of the destination (in a tunnel: of the outer one),
 * because nothing on the way to them has a probe; two where two hosts hold one address. Empty when no
 * probed node is one of these. An owner on the sender's link is none of them when the frame had the MAC
 * of another host: that has got it; nor is one behind another port of the bridge that sent it.
 */
export function nextHopsOf(event: Sighting, nodes: readonly NodeView[]): Owner[] {
  const isElsewhere = ({ node, netns }: Owner) => netns !== event.netns || node !== event.node;
  const state = stateAt(event.node, event.netns, event.at);
  const link = linkOf(state, event.ifindex, event.device);
  if (event.destinationMac) {
    const holder = holdersOfMac(nodes, event.destinationMac)
      .find(isElsewhere);
    if (holder) return [holder];
  }
  const peerState = link?.kind === "veth" && link.peerNetns !== undefined &&
    lastState(event.node, link.peerNetns);
  if (peerState) {
    const end = peerState.links.find((other) => other.ifindex === link!.peerIfindex);
    if (end) return [{ node: event.node, netns: peerState.netns, state: peerState, link: end }];
  }
  const destination = event.tunnelDestination ?? event.destination!;
  const owners = ownersOf(nodes, destination)
    .filter((owner) => isElsewhere(owner) && !isBehindOtherPort(owner, link, state));
  if (owners.length === 0 || !isOnLink(state, event, destination)) return owners;
  return owners.filter((owner) => !isForAnother(event, owner));
}

/** A bridge sent it by one port, and a veth device of the owner is the other end of another one. */
function isBehindOtherPort(owner: Owner, sentBy: Link | undefined, state: NetnsState | null) {
  if (!state || !sentBy?.bridgePort) return false;
  const leading = portsTowards(state, sentBy.masterIfindex, [owner]);
  return leading.length > 0 && leading.every(({ ifindex }) => ifindex !== sentBy.ifindex);
}

const isForAnother = ({ destinationMac }: Sighting, { link }: Owner) =>
  destinationMac !== undefined && link.mac !== undefined && link.mac !== destinationMac;

/** The destination is the next hop itself. */
function isOnLink(state: NetnsState | null, event: Sighting, destination: string): boolean {
  const source = event.tunnelSource ?? event.source;
  const route = state && routeBy(state, { source, destination }, event.device);
  return route?.type === "unicast" && !route.gateway && !route.nexthops?.length;
}

/** The kernel was asking for the link address of the packet's next hop, and had none yet. */
export function isUnresolved(event: Sighting): boolean {
  const state = stateAfter(event.node, event.netns, event.at);
  if (!state) return false;
  const destination = event.tunnelDestination ?? event.destination!;
  const { route } = lookUpRoute(state, { destination });
  const hops = nextHops(route, destination);
  return state.neighbours.some((entry) =>
    hops.some(({ address }) => address === entry.address) &&
    entry.states.some((name) => name === "INCOMPLETE")
  );
}
