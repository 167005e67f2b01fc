/** Which next hop of a packet was asked for its link address, where its route has several. */
import type { Route } from "../../../event/state.ts";
import { type NextHop, nextHops } from "../../view/next_hops.ts";
import { neighbourOf } from "../../view/state_view.ts";
import type { Case } from "../case.ts";

/**
 * The next hop that has no link address: of several behind the packet's device those that the neighbour
 * table calls failed or incomplete, in the route's order; the first of all, where it tells of none.
 */
export function askedHops(subject: Case, route: Route | null, destination: string): NextHop[] {
  const all = nextHops(route, destination);
  if (all.length < 2) return all;
  const behind = all.filter(({ device }) => device === subject.device);
  const hops = behind.length > 0 ? behind : all;
  const failing = hops.filter((hop) => isUnanswered(subject, hop.address, hop.device));
  return failing.length > 0 ? failing : hops.slice(0, 1);
}

/** The neighbour table has no link address for it. */
export function isUnanswered(
  { event, netns }: Case,
  address: string,
  device: string | undefined,
): boolean {
  const entry = neighbourOf(event.node, netns, address, device);
  return entry?.states.some((name) => name === "INCOMPLETE" || name === "FAILED") ?? false;
}
