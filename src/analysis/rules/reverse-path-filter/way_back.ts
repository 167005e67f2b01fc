/** The lookup that `rp_filter` makes: is the source reached through the device it came in by? */
import { devicesOf } from "../../view/next_hops.ts";
import type { NetnsState, RoutingRule } from "../../../event/state.ts";
import {
  answerOf,
  lookUpRoute,
  type RouteAnswer,
  type RouteQuery,
  vrfTableOf,
} from "../../view/routing.ts";
import { routedMark } from "../../netfilter/routed_mark.ts";
import { ownsAddress, sysctl } from "../../view/state_view.ts";
import type { Case } from "../case.ts";
import { wireDestination, wireSource } from "../evidence.ts";

/** What the kernel asked its tables, and what they say as they were read. */
export interface WayBack {
  query: RouteQuery;
  answer: RouteAnswer;
  /** Answers of the rules before it that can't be decided, where they have one. */
  others: Pick<RouteAnswer, "route" | "rule">[];
  /** A mark that the packet has and that did not count, and what the lookup with it would have found. */
  ignored?: { mark: number; answer: RouteAnswer };
}

const PROTOCOLS: Record<number, string> = { 1: "icmp", 6: "tcp", 17: "udp" };

/**
 * The lookup of `__fib_validate_source` (Linux 5.10 to 6.18): from the packet's destination to its
 * source, as if it came in by the device that the packet would leave by, or by `lo` when it is for
 * this host. The packet's mark counts only with `src_valid_mark`; ports are exchanged.
 */
export function wayBackOf(subject: Case, state: NetnsState): WayBack {
  const { event, device, link } = subject;
  const [source, destination] = [wireSource(event), wireDestination(event)];
  const outer = event.tunnelKind !== undefined;
  const mark = routedMark(subject, state);
  const both = { outputDevice: null, ...protocolOf(subject) };
  const query: RouteQuery = {
    ...both,
    source: destination,
    destination: source,
    inputDevice: leavesBy(state, { ...both, source, destination, mark, inputDevice: device }),
    mark: marksCount(state, device) ? mark : 0,
    ...(outer ? {} : { sourcePort: event.destinationPort, destinationPort: event.sourcePort }),
    vrfTable: vrfTableOf(state, link),
  };
  const answer = lookUpRoute(state, query);
  const others = answer.undecided.flatMap((rule) => answerOf(state, query, rule) ?? []);
  if (mark === undefined || mark === 0 || query.mark === mark) return { query, answer, others };
  return {
    query,
    answer,
    others,
    ignored: { mark, answer: lookUpRoute(state, { ...query, mark }) },
  };
}

/**
 * The namespace's `rp_filter` refuses what came in by the device, by the way back as read. Loose mode
 * lets it pass by any device, and is strict where the device has no IPv4 address.
 */
export function refusedWayBack(
  state: NetnsState,
  device: string,
  packet: { source: string; destination: string },
): RouteAnswer | null {
  const mode = modeOf(state, device);
  if (mode !== 1 && mode !== 2) return null;
  const vrfTable = vrfTableOf(state, state.links.find(({ name }) => name === device));
  const leaves = { ...packet, inputDevice: device, outputDevice: null, mark: 0, vrfTable };
  const answer = lookUpRoute(state, {
    source: packet.destination,
    destination: packet.source,
    inputDevice: leavesBy(state, leaves),
    outputDevice: null,
    mark: 0,
    vrfTable,
  });
  const { route, certain } = answer;
  const isLoose = mode === 2 && hasIpv4(state, device);
  return !certain || (route?.type === "unicast" && (isLoose || devicesOf(route).includes(device)))
    ? null
    : answer;
}

const hasIpv4 = ({ links }: NetnsState, device: string): boolean =>
  links.some(({ name, addresses }) =>
    name === device && addresses.some(({ address }) => !address.includes(":"))
  );

function protocolOf({ event }: Case): { protocol?: string } {
  if (event.tunnelKind !== undefined || event.protocol === undefined) return {};
  return { protocol: PROTOCOLS[event.protocol] ?? String(event.protocol) };
}

function leavesBy(state: NetnsState, query: RouteQuery): string | undefined {
  if (ownsAddress(state, query.destination)) return "lo";
  const { route } = lookUpRoute(state, query);
  return route?.type === "local" ? "lo" : route?.device;
}

/** The mark of the packet is part of the lookup. */
export const marksCount = (state: NetnsState, device: string): boolean =>
  ["all", device].some((name) => sysctl(state, `net.ipv4.conf.${name}.src_valid_mark`) === "1");

/** `rp_filter` as it counts for the device: the higher of `all` and its own; null: not read. */
export function modeOf(state: NetnsState | null, device: string): number | null {
  const values = ["all", device].map((name) => sysctl(state, `net.ipv4.conf.${name}.rp_filter`));
  const numbers = values.filter((value) => value !== undefined).map(Number);
  return numbers.length === 0 ? null : Math.max(...numbers);
}

/** What of a packet a rule asks for and no event tells, in words. */
export function askedFor(rule: RoutingRule): string {
  if (rule.mark !== undefined) return "the packet's mark, which is not seen";
  return "what is not known of the packet";
}
