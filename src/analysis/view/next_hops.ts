/** Where a route sends packets to: to several places, where it is a multipath route. */
import type { NetnsState, Route } from "../../event/state.ts";
import { possibleAnswers, type RouteAnswer, type RouteQuery } from "./routing.ts";

/** A neighbour that a packet is handed to, and the device that leads to it. */
export interface NextHop {
  /** The gateway, or the destination itself where the route has none. */
  address: string;
  device: string | undefined;
}

/**
 * All next hops that the kernel may choose for the destination, without those that are dead. Which of
 * several it chooses depends on a hash of the packet, which is not computed here.
 */
export function nextHops(route: Route | null | undefined, destination: string): NextHop[] {
  const several = route?.nexthops ?? [];
  const ways = several.length > 0 ? several.filter(isAlive) : [route ?? {}];
  return ways.map(({ gateway, device }) => ({ address: gateway ?? destination, device }));
}

/** Those of the next hops that this device leads to. */
export const nextHopsBy = (
  route: Route | null | undefined,
  destination: string,
  device: string | undefined,
): NextHop[] => nextHops(route, destination).filter((hop) => hop.device === device);

/**
 * The route of a packet that was seen to leave by this device: the first that the lookup may have found
 * and that leads there. A rule that asks for a mark, or for a source that was translated since, can't be
 * decided, and the device tells which way it went. Null where no such route was read.
 */
export function routeBy(
  state: NetnsState,
  query: RouteQuery,
  device: string | undefined,
): Route | null {
  for (const asked of [query, { ...query, source: undefined }]) {
    for (const { route } of possibleAnswers(state, asked)) {
      if (route && nextHopsBy(route, query.destination, device).length > 0) return route;
    }
  }
  return null;
}

/** The one next hop behind this device; null where there is none, or several. */
export function onlyNextHopBy(
  { route }: Pick<RouteAnswer, "route">,
  destination: string,
  device: string | undefined,
): string | null {
  const [hop, ...others] = nextHopsBy(route, destination, device);
  return hop && others.length === 0 ? hop.address : null;
}

/**
 * Devices that a route leads through. Dead next hops count as well: the kernel asks all of them whether a
 * source is to be found by a device (`fib_info_nh_uses_dev`).
 */
export const devicesOf = (route: Route): string[] =>
  [route, ...(route.nexthops ?? [])].flatMap(({ device }) => device ?? []);

const isAlive = ({ flags }: NonNullable<Route["nexthops"]>[number]) => !flags?.includes("dead");
