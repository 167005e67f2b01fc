/** Routes with a lifetime, as a router's advertisement gives them, of which it is over. */
import type { NetnsState, Route } from "../../event/state.ts";
import { contains } from "./address.ts";
import { routeText } from "./routing.ts";

/** A namespace's tables as a failed lookup found them. */
export interface TablesThen {
  state: NetnsState;
  /** Routes for the destination that are listed in the table that answered, and are out of date. */
  expired: Route[];
}

/**
 * The kernel passes over a route of IPv6 that expired, and lists it until it throws it away. An advertisement that
 * prolongs it is told to nobody, so that only a lookup that failed in the route's own table says that it expired.
 * `timeNs`: of that lookup, by the node's clock.
 */
export function withoutExpired(
  state: NetnsState,
  destination: string,
  timeNs: bigint,
  tables: readonly (number | undefined)[],
): TablesThen {
  const expired = state.routes.filter((route) =>
    route.expiresAtNs !== undefined && BigInt(route.expiresAtNs) <= timeNs &&
    tables.includes(route.table) && contains(route.destination, destination)
  );
  if (expired.length === 0) return { state, expired };
  return {
    state: { ...state, routes: state.routes.filter((row) => !expired.includes(row)) },
    expired,
  };
}

/** What a sentence that there is no route adds; empty where none expired. */
export const expiredText = (expired: readonly Route[]): string =>
  expired.length === 0
    ? ""
    : ` any more: the lifetime of ${expired.map(routeText).join(" and ")} is over`;

/** What the node's state says of a route that expired before a lookup at `timeNs`. */
export function listedText(route: Route, timeNs: bigint): string {
  const seconds = Number(timeNs - BigInt(route.expiresAtNs ?? timeNs)) / 1e9;
  return `${routeText(route)} is listed, and its lifetime had ended some ${
    Math.round(seconds)
  } s before`;
}
