/** A destination that two networks have: the node looks for it in the wrong one. */
import { questionsFor, wasAsked } from "../../view/evidence.ts";
import type { NetnsState, Route } from "../../../event/state.ts";
import { DEVICE_SCRIPTS, EVER, gapOf } from "../../view/coverage.ts";
import { isBare, routeText } from "../../view/routing.ts";
import { isSameNetwork } from "../../view/address.ts";
import { netnsName } from "../../view/netns_names.ts";
import {
  holdersOfMac,
  linkOf,
  type Owner,
  ownersOf,
  ownsAddress,
  stateAt,
} from "../../view/state_view.ts";
import type { NodeView, Sighting } from "../../view/timeline.ts";
import type { Case } from "../case.ts";
import { packetText, placeOf, stateEvidence, wireDestination } from "../evidence.ts";
import { neighbourUnresolved } from "../neighbour-unresolved/unresolved.ts";
import { cause, type Rule } from "../rule.ts";
import { routeLeftBy } from "../shared/asked_hop.ts";
import { finding, seenOn } from "../../view/finding.ts";

/**
 * Packets of an address come in from behind one device, and packets for it go to the link of another.
 *
 * What else looks like it: a neighbour that is down, whose packets came in by the same link before; a
 * bridge's port, which is the bridge's own link; a node that sends into an overlay from its own address; an address that moved from one link to the other,
 * whose packets no longer come in by the first; a neighbour on the link whose packets take the way round by
 * a router, and which was asked; a host with a leg in both networks, which answers.
 */
export const addressOverlap: Rule = {
  id: "R68",
  statement:
    "R9 holds on the link of a network that has the destination, and packets of that address came " +
    "into the same node by another device that has no such network (not by a tunnel, into which a node " +
    "sends from its own address, unless a probed node tells of that network), or a probed node has it in a " +
    "network of another length and was not asked: `address-overlap`. Proven, when both hold. With a network " +
    "of the same length it is likely, where packets came by that other device and the link is a bridge whose " +
    "ports lead into namespaces without the address alone, or where a watched router that has not the address sent its " +
    "packets on to that link, and the holder's own link was watched and not asked. Nothing is said where R9 names what refused the question.",
  yields: ["address-overlap"],
  judge(subject) {
    const unresolved = neighbourUnresolved.judge(subject);
    const destination = wireDestination(subject.event);
    const route = subject.before && routeLeftBy(subject, subject.before);
    if (!unresolved || !route || !isOnLink(route)) return null;
    // What refused the question refuses all, whoever has the address. A bridge without a port, of which
    // nothing is known, refuses because the network that it stands for is elsewhere.
    if (!["neighbour-unresolved", "unexplained"].includes(unresolved.code)) return null;
    const owners = ownersOf(subject.world.network, destination);
    const isOfSame = owners.some((each) => hasNetwork(each, route.destination));
    const owner = owners.find((each) => each.node !== subject.node);
    const network = owner && networkOf(owner, destination);
    const routed = owner && network !== undefined && isUnaskedByThis(subject, owner, destination)
      ? cameByRouter(subject, destination)
      : null;
    if (isOfSame && !routed && !isClosed(subject, route.device!, owners)) return null;
    const arrived = cameBy(subject, destination, route.device!);
    // Nodes of an overlay send into it from addresses of their own link: where nobody tells of a network
    // that the address is in, that its packets come by a tunnel says nothing of where it is.
    const came = arrived && (network !== undefined || !isByTunnel(arrived))
      ? arrived
      : routed?.came ?? null;
    const elsewhere = came !== null || !isOfSame &&
        (owner !== undefined && network !== undefined && isApart(subject, owner, destination));
    if (!elsewhere) return null;
    const where = placeOf(subject.node, subject.netns, route.device!);
    const home = network
      ? `it is in ${network}, at ${placeOf(owner!.node, owner!.netns, owner!.link.name)}`
      : "it is in another network";
    const by = came
      ? `its own packets come into ${came.node.name} by ${
        placeOf(came.node, came.netns, came.device ?? "")
      }${came !== arrived && routed ? `, sent on by ${placeOf(...routed.router)}` : ""}: `
      : "";
    return cause(
      "address-overlap",
      came && network && !isOfSame ? "proven" : "likely",
      `${destination} is looked for on ${where}, by the route ${
        routeText(route)
      }, and nobody has it ` +
        `there; ${by}${home}, and the two networks overlap`,
      [
        unresolved.evidence[0]!,
        ...(came
          ? [{
            node: came.node.name,
            kind: "event" as const,
            text: `${packetText(came)} came in by ${came.device} of ${came.node.name}`,
          }]
          : []),
        stateEvidence(
          subject.node,
          `route in ${netnsName(subject.node, subject.netns)} on ${subject.node.name}: ${
            routeText(route)
          }`,
        ),
        ...(network
          ? [
            stateEvidence(
              owner!.node,
              `${placeOf(owner!.node, owner!.netns, owner!.link.name)} has network ${network}`,
            ),
          ]
          : []),
        ...unresolved.evidence.slice(1),
      ],
      unresolved.remedy,
    );
  },
};

/**
 * Whoever has the address in a network of another length is on another link: while it was watched
 * without loss, no question for the address came to it.
 */
function isApart({ evidence }: Case, { node, netns }: Owner, address: string): boolean {
  return gapOf(node, DEVICE_SCRIPTS, EVER) === null &&
    !wasAsked(evidence, address, { node, netns });
}

/** No question of this namespace came to who has the address, while it was watched without loss. */
function isUnaskedByThis(
  { evidence, before }: Case,
  { node, netns }: Owner,
  address: string,
): boolean {
  return gapOf(node, DEVICE_SCRIPTS, EVER) === null &&
    !questionsFor(evidence, address).some((event) =>
      event.node === node && event.netns === netns && ownsAddress(before, event.source ?? "")
    );
}

/**
 * The last packet of this address in the namespace, where a watched router that has not the address sent it on to
 * here: who has it is behind that router, and no neighbour.
 */
function cameByRouter({ node, netns, event, world }: Case, address: string) {
  const came = arrivalsFrom(node, address).findLast((each) =>
    each.netns === netns && each.at < event.at
  );
  if (came?.sourceMac === undefined || came.ttl === undefined || FIRST_TTLS.includes(came.ttl)) {
    return null;
  }
  const routers = holdersOfMac(world.network, came.sourceMac);
  const hasIt = ({ state }: Owner) => ownsAddress(state, address);
  const [router] = routers;
  if (!router || routers.some(hasIt)) return null;
  return { came, router: [router.node, router.netns, router.link.name] as const };
}

/** What hosts begin with: a router takes one. */
const FIRST_TTLS: readonly number[] = [64, 128, 255];

/** A default route has no network that could overlap with another. */
const isOnLink = (route: Route) =>
  route.type === "unicast" && route.gateway === undefined && route.device !== undefined &&
  !isBare(route);

/** The owner's own network of this address, as its route says it; undefined for a lone address. */
function networkOf({ link, state }: Owner, address: string): string | undefined {
  const own = link.addresses.find((each) => each.address === address);
  const whole = address.includes(":") ? 128 : 32;
  if (!own || own.prefix >= whole) return undefined;
  const network = `${own.address}/${own.prefix}`;
  const route = state.routes.find((each) =>
    each.device === link.name && each.gateway === undefined &&
    isSameNetwork(each.destination, network)
  );
  return route?.destination ?? network;
}

/**
 * A bridge that leads nowhere but into namespaces which were read, as of containers: each port is a veth
 * whose other end is no port itself and is in none that has the address. So whoever has it is on another link.
 */
function isClosed({ node, netns, event }: Case, name: string, owners: readonly Owner[]): boolean {
  const state = stateAt(node, netns, event.at);
  const bridge = state?.links.find((link) => link.name === name);
  if (!state || bridge?.kind !== "bridge") return false;
  return state.links.filter(({ masterIfindex }) => masterIfindex === bridge.ifindex)
    .every(({ kind, peerNetns, peerIfindex }) => {
      const end = linkOf(stateAt(node, peerNetns, event.at), peerIfindex);
      return kind === "veth" && end !== undefined && end.masterIfindex === undefined &&
        !owners.some((owner) => owner.node === node && owner.netns === peerNetns);
    });
}

/** It is in the very network that the route is for: then it is a neighbour, and silent. */
const hasNetwork = ({ link }: Owner, network: string): boolean =>
  link.addresses.some(({ address, prefix }) => isSameNetwork(`${address}/${prefix}`, network));

/**
 * The last packet of this address that came into the node, when it came by a device that is not of
 * that link; else null. A packet that this node routed before it came to the link is not of the link.
 */
function cameBy({ node, netns, event }: Case, address: string, device: string): Sighting | null {
  const arrivals = arrivalsFrom(node, address).filter(({ at }) => at < event.at);
  const last = arrivals.findLast((each) => each.netns === netns);
  if (!last) return null;
  const state = stateAt(node, netns, last.at);
  if (state && !isOfLink(state, last, device)) return last;
  const ttl = last.ttl;
  if (ttl === undefined) return null;
  return arrivals.find((each) =>
    each.netns !== netns && each.at < last.at && each.ttl === ttl + 1 &&
    each.destinationPort !== undefined && each.sourcePort === last.sourcePort
  ) ?? null;
}

const isByTunnel = ({ node, netns, ifindex, at }: Sighting): boolean =>
  linkOf(stateAt(node, netns, at), ifindex)?.tunnel !== undefined;

/** The device itself, a port of it, or what it is made on. */
function isOfLink(
  { links }: NetnsState,
  { ifindex, device: by }: Sighting,
  device: string,
): boolean {
  const own = links.find(({ name }) => name === device);
  const into = links.find((link) => link.ifindex === ifindex);
  if (!own || !into) return by === device || !own;
  return own === into || into.masterIfindex === own.ifindex || own.masterIfindex === into.ifindex ||
    own.peerIfindex === into.ifindex && own.kind !== "veth";
}

/** Packets that came into a device outside of any tunnel, by their source. */
const byArrival = finding(({ kind, tunnelKind, source, network }) =>
  kind === "device-rx" && tunnelKind === undefined && network !== "arp" ? source : undefined
);

/** Packets of an address as devices of the node got them, in the order of time. */
const arrivalsFrom = (node: NodeView, address: string): readonly Sighting[] =>
  seenOn(node, byArrival, address);
