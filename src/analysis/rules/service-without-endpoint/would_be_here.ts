/** Whether an address that nobody known holds would have been found where a packet for it died. */
import type { Route } from "../../../event/state.ts";
import { containsNetwork, parsePrefix } from "../../view/address.ts";
import { nextHops } from "../../view/next_hops.ts";
import { lookUpRoute, refuses } from "../../view/routing.ts";
import { stateAt } from "../../view/state_view.ts";
import type { Case } from "../case.ts";
import { askedHops, routeLeftBy } from "../shared/asked_hop.ts";
import { queryOf, routeFor } from "../shared/tables.ts";

/** Its link was asked for the address itself: behind a gateway that is silent someone may hold it. */
export function isAskedItself(subject: Case): boolean {
  const destination = subject.event.destination!;
  const route = subject.before && routeLeftBy(subject, subject.before);
  const hops = askedHops(subject, route, destination);
  return hops.length > 0 && hops.every(({ address }) => address === destination);
}

/**
 * There is no way to it where its network is. The network is the one that a route refuses there, or the
 * one that another hop of the packet has a route for, to here; and hosts of that network have routes to
 * links here, as a node has for its pods. Without that it is the way that is gone, and a node that nobody watches may hold the address.
 */
export function isOfNetworkHere(subject: Case): boolean {
  const { before } = subject;
  if (!before) return false;
  const refused = routeFor(subject)?.route;
  const networks = [
    ...(refused && refuses(refused) ? [refused.destination] : []),
    ...routesToHere(subject).map(({ destination }) => destination),
  ];
  return networks.some((network) =>
    (parsePrefix(network)?.length ?? 0) > 0 &&
    before.routes.some((route) =>
      isOfHostHere(route) && route.destination !== network &&
      containsNetwork(network, route.destination)
    )
  );
}

function isOfHostHere({ type, destination, gateway, nexthops }: Route): boolean {
  const prefix = parsePrefix(destination);
  return type === "unicast" && gateway === undefined && !nexthops?.length &&
    prefix !== null && prefix.length === prefix.bits;
}

/** Routes for the destination, where the packet was before, whose next hop has its address here. */
function routesToHere(subject: Case): Route[] {
  const { judgement, node, netns, before } = subject;
  const own = new Set(
    before!.links.flatMap(({ addresses }) => addresses.map((one) => one.address)),
  );
  const { destination } = queryOf(subject);
  const routes = new Set<Route>();
  for (const { event } of judgement.steps) {
    if (event.node === node && event.netns === netns) continue;
    const state = stateAt(event.node, event.netns, event.at);
    const route = state && lookUpRoute(state, { destination }).route;
    if (route && nextHops(route, destination).some((hop) => own.has(hop.address))) {
      routes.add(route);
    }
  }
  return [...routes];
}
