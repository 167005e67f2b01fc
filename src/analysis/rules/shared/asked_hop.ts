/** Which next hop of a packet was asked for its link address, where its route has several. */
import type { NetnsState, Route } from "../../../event/state.ts";
import { type NextHop, nextHops, routeBy } from "../../view/next_hops.ts";
import { lookUpRoute, vrfTableOf } from "../../view/routing.ts";
import { neighbourOf } from "../../view/state_view.ts";
import type { Case } from "../case.ts";
import { wireDestination, wireSource } from "../evidence.ts";

/** The route by which the packet left; null where none that was read leads to the device it ended at. */
export function routeLeftBy(subject: Case, state: NetnsState): Route | null {
  const query = {
    source: wireSource(subject.event),
    destination: wireDestination(subject.event),
    vrfTable: vrfTableOf(state, subject.link),
  };
  return subject.device === undefined
    ? lookUpRoute(state, query).route
    : routeBy(state, query, subject.device);
}

/**
 * The next hop that has no link address: of several behind the packet's device those that the neighbour
 * table calls failed or incomplete, in the route's order; the first of all, where it tells of none.
 */
export function askedHops(subject: Case, route: Route | null, destination: string): NextHop[] {
  if (!route && subject.device !== undefined) return [failingBehind(subject, destination)];
  const all = nextHops(route, destination);
  if (all.length < 2) return all;
  const behind = all.filter(({ device }) => device === subject.device);
  const hops = behind.length > 0 ? behind : all;
  const failing = hops.filter((hop) => isUnanswered(subject, hop.address, hop.device));
  return failing.length > 0 ? failing : hops.slice(0, 1);
}

/** No route that was read leads there: the one that the device has no link address for, else the destination. */
function failingBehind({ event, before, after, device }: Case, destination: string): NextHop {
  const failing =
    (after ?? before)?.neighbours.filter((entry) =>
      entry.device === device && isFailing(entry.states) &&
      entry.address.includes(":") === wireDestination(event).includes(":")
    ) ?? [];
  const [only, ...others] = failing;
  return { address: only && others.length === 0 ? only.address : destination, device };
}

const isFailing = (states: readonly string[]) =>
  states.some((name) => name === "INCOMPLETE" || name === "FAILED");

/** The neighbour table has no link address for it. */
export function isUnanswered(
  { event, netns }: Case,
  address: string,
  device: string | undefined,
): boolean {
  const entry = neighbourOf(event.node, netns, address, device);
  return entry !== null && entry !== undefined && isFailing(entry.states);
}
