/** What rules ask the routing tables: the kind of an address, and whether there is a way back. */
import { devicesOf } from "../view/next_hops.ts";
import type { NetnsState, Route, RoutingRule } from "../../event/state.ts";
import { contains, isLoopback, isMulticast } from "../view/address.ts";
import { answerOf, lookUpRoute, TABLES } from "../view/routing.ts";
import { isIncomplete, ownsAddress } from "../view/state_view.ts";
import { constant } from "./constants.ts";
import type { HookDevice } from "./hook_packet.ts";
import type { Traveller } from "./traveller.ts";
import { type Tri, tri } from "../view/tri.ts";

/**
 * The kind of an address as the kernel's RTN_ number; undefined when it can't be told. With a
 * `device`, only what the host has by that device counts (`limit-iface`); null is none.
 */
export function addressType(
  state: NetnsState,
  address: string | undefined,
  device?: { name: HookDevice },
): number | undefined {
  if (address === undefined || hasRouteGap(state)) return undefined;
  // Which device it must be by is not known, and null asks about all of them.
  const limit = device && device.name !== null ? device.name : null;
  if (limit === undefined) return undefined;
  return address.includes(":")
    ? typeOfSix(state, address, limit)
    : typeOfFour(state, address, limit);
}

/** IPv4 asks the table `local` and no other. */
function typeOfFour(state: NetnsState, address: string, device: string | null) {
  if (isMulticast(address)) return typeNumber("multicast");
  if (address === "255.255.255.255" || address.startsWith("0.")) return typeNumber("broadcast");
  const answer = answerOf(state, { destination: address }, LOCAL_TABLE);
  const route = answer?.route ?? ownRoute(state, address);
  if (!route) return typeNumber("unicast");
  return device === null || route.device === device
    ? typeNumber(route.type)
    : typeNumber("unicast");
}

const LOCAL_TABLE: RoutingRule = { family: 4, priority: 0, action: "lookup", table: TABLES.local };

/** A snapshot may have been read while the table was not whole: addresses tell as much. */
function ownRoute({ links }: NetnsState, address: string) {
  const link = isLoopback(address)
    ? links.find(({ kind }) => kind === "loopback")
    : links.find(({ addresses }) => addresses.some((own) => own.address === address));
  return link ? { type: "local", device: link.name } : null;
}

function typeOfSix(state: NetnsState, address: string, device: string | null) {
  if (device !== null) return undefined;
  if (isMulticast(address)) return typeNumber("multicast");
  if (ownsAddress(state, address)) return typeNumber("local");
  const exact = state.routes.find((route) =>
    (route.type === "broadcast" || route.type === "anycast") &&
    route.destination.split("/")[0] === address
  );
  if (exact) return typeNumber(exact.type);
  // A refusing route would answer otherwise; which one is chosen is not worked out here.
  const refusing = state.routes.some((route) =>
    !["unicast", "local", "broadcast", "anycast", "multicast"].includes(route.type) &&
    contains(route.destination, address)
  );
  return refusing ? undefined : typeNumber("unicast");
}

const typeNumber = (name: string) => constant("fib-type", name) ?? undefined;

/** `fib saddr . iif oif`: the source is routed through the device it came in by. */
export function hasWayBack(at: Traveller, withMark: boolean): Tri {
  const { state, input, headers: { source, destination } } = at;
  if (source === undefined || input === undefined || input === null || hasRouteGap(state)) {
    return "unknown";
  }
  const link = state.links.find((other) => other.name === input);
  // The kernel answers for loopback without looking, and asks the master of an enslaved device.
  if (!link || link.kind === "loopback" || link.masterIfindex !== undefined) return "unknown";
  if (ownsAddress(state, source)) return "unknown";
  // IPv6 looks only at routes through the device; IPv4 takes the best one, whatever it leads through.
  if (source.includes(":")) {
    return tri(state.routes.some((route) =>
      leadsBack(route, input) &&
      contains(route.destination, source)
    ));
  }
  const { route, certain } = lookUpRoute(state, {
    source: destination,
    destination: source,
    inputDevice: at.hook === "forward" ? at.output ?? undefined : "lo",
    outputDevice: null,
    ...markOf(at, withMark),
  });
  return certain ? tri(route !== null && leadsBack(route, input)) : "unknown";
}

function markOf({ mark }: Traveller, withMark: boolean): { mark?: number } {
  if (!withMark) return { mark: 0 };
  return mark.known === 0xffffffff ? { mark: mark.value } : {};
}

function leadsBack(route: Route, device: string): boolean {
  return route.type === "unicast" && devicesOf(route).includes(device);
}

function hasRouteGap(state: NetnsState): boolean {
  return isIncomplete(state, ["state", "routes", "links"]);
}
