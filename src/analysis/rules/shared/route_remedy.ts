/** What to do where a lookup found no way, or a way that refuses. */
import { nextHops } from "../../view/next_hops.ts";
import type { NetnsState, Route } from "../../../event/state.ts";
import { containsNetwork, parsePrefix } from "../../view/address.ts";
import {
  lookUpRoute,
  possibleRefusal,
  refuses,
  type RouteAnswer,
  type RouteQuery,
  routeText,
  vrfOf,
} from "../../view/routing.ts";
import type { NodeView } from "../../view/timeline.ts";
import { command } from "../command.ts";
import { address, device } from "../word.ts";
import type { Change } from "./change.ts";
import { checked, lookAt } from "./checked.ts";
import { routeOwner, ruleOwner } from "./other_owners.ts";
import { ipFor } from "./route_command.ts";

/** Where a lookup was made, and what the tables there said to it. */
export interface Lookup {
  node: NodeView;
  /** Inode of the network namespace. */
  netns: number | undefined;
  /** The reading that answered. */
  state: NetnsState | null;
  query: RouteQuery;
  answer: RouteAnswer | null;
  /** Routes that it would have had, but for their lifetime. */
  expired?: readonly Route[];
}

/**
 * Takes away the route or rule that refuses, where the tables have a way without it; else
 * shows the lookup, and a route that another reading of the namespace has.
 */
export function routeRemedy(lookup: Lookup): string[] {
  const { node, netns, state, query, answer } = lookup;
  const { destination, mark } = query;
  const vrf = state ? vrfOf(state, query) : undefined;
  const look = [
    ...[...ipFor(destination), "route", "get", address(destination)],
    ...(vrf ? ["vrf", device(vrf.name)] : []),
    ...(mark ? ["mark", mark] : []),
  ];
  const owner = state && answer && keeperOf(state, answer, destination);
  if (owner) return [...lookAt(owner), ...command(node, netns, look)];
  const changes = state && answer && withoutRefusal(state, answer);
  // What depends on marks or ports may refuse as long as it is there.
  const passes = (after: NetnsState) =>
    hasWay(after, query) && (answer?.certain !== false || possibleRefusal(after, query) === null);
  const lines = changes ? checked({ node, netns, state, changes, passes }) : [];
  if (lines.length > 0) return lines;
  const renewal = (lookup.expired ?? []).flatMap(({ gateway }) =>
    lookAt(
      `${gateway ?? "its router"} no longer prolongs this route by advertisements: look there`,
    )
  );
  return [...renewal.length > 0 ? renewal : lostRoute(lookup), ...command(node, netns, look)];
}

const keeperOf = (state: NetnsState, { route, rule }: RouteAnswer, destination: string) =>
  route ? routeOwner(state, route, destination) : rule && ruleOwner(rule);

/** The tables lead to a device that is up, over a gateway that they lead to, and not back. */
function hasWay(state: NetnsState, query: RouteQuery): boolean {
  const { route } = lookUpRoute(state, query);
  if (!route || refuses(route) || route.type === "throw") return false;
  const { destination, vrfTable, inputDevice } = query;
  const hops = nextHops(route, destination);
  // To a gateway on the link that the packet came from: it would go in a circle.
  const goesBack = ({ address, device }: typeof hops[number]) =>
    device !== undefined && device === inputDevice && address !== destination;
  if (hops.length > 0 && hops.every(goesBack)) return false;
  return hops.every(({ address, device }) => {
    if (!isUp(state, device)) return false;
    if (address === destination || route.flags?.includes("onlink")) return true;
    const hop = vrfTable === undefined ? {} : { vrfTable };
    const next = lookUpRoute(state, { destination: address, ...hop }).route;
    return next?.type === "unicast" && next.gateway === undefined;
  });
}

const isUp = ({ links }: NetnsState, device: string | undefined): boolean =>
  links.find(({ name }) => name === device)?.flags.includes("UP") !== false;

const isSingle = ({ destination }: Route): boolean => {
  const prefix = parsePrefix(destination);
  return prefix !== null && prefix.length === prefix.bits;
};

/**
 * A route that refuses a whole network in which others have routes of their own is what routing
 * daemons put under them, so that nothing of the network goes astray: it is right.
 */
function withoutRefusal(state: NetnsState, { route, rule }: RouteAnswer): Change[] | null {
  if (route) {
    if (!refuses(route)) return null;
    // In a single address no other network has room.
    const isGround = !isSingle(route) &&
      state.routes.some((other) =>
        other !== route && !refuses(other) && other.destination !== route.destination &&
        containsNetwork(route.destination, other.destination)
      );
    const isDefault = /\/0$/.test(route.destination);
    // What a VRF does not know it must not look for in the other tables.
    if (isDefault && state.links.some(({ vrfTable }) => vrfTable === route.table)) return null;
    return isDefault || !isGround ? [{ do: "delete-route", route }] : null;
  }
  if (!rule || rule.action === "lookup") return null;
  const alike = state.rules.filter((other) =>
    other.family === rule.family && other.priority === rule.priority
  );
  return alike.length === 1 ? [{ do: "delete-routing-rule", rule }] : null;
}

/**
 * A route that another reading of the namespace has, in words: whoever took it away may have known
 * that it leads nowhere any more.
 */
function lostRoute({ node, netns, state, query }: Lookup): string[] {
  if (!state || lookUpRoute(state, query).route) return [];
  const routes = (node.states.get(netns ?? -1) ?? []).map((reading) =>
    lookUpRoute(reading.state, query).route
  );
  const lost = routes.find((route) => route !== null && !refuses(route));
  return lost ? lookAt(`another reading has a route that this one lacks: ${routeText(lost)}`) : [];
}
