/** What rules ask the routing tables: the kind of an address, and whether there is a way back. */
import type { NetnsState } from "../../event/state.ts";
import { contains, isMulticast } from "../view/address.ts";
import { isIncomplete, ownsAddress } from "../view/state_view.ts";
import { constant } from "./constants.ts";
import type { HookDevice } from "./hook_packet.ts";
import { type Tri, tri } from "../view/tri.ts";

/** As the kernel's RTN_ numbers; undefined when it can't be told. */
export function addressType(state: NetnsState, address: string | undefined): number | undefined {
  if (address === undefined || hasRouteGap(state)) return undefined;
  if (isMulticast(address)) return typeNumber("multicast");
  if (address === "255.255.255.255") return typeNumber("broadcast");
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

/** `fib saddr . iif oif`: a route to the source through the device it came in by. */
export function hasWayBack(
  state: NetnsState,
  source: string | undefined,
  input: HookDevice,
): Tri {
  if (source === undefined || input === undefined || input === null || hasRouteGap(state)) {
    return "unknown";
  }
  const link = state.links.find((other) => other.name === input);
  // The kernel answers for loopback without looking, and asks the master of an enslaved device.
  if (!link || link.kind === "loopback" || link.masterIfindex !== undefined) return "unknown";
  if (ownsAddress(state, source)) return "unknown";
  return tri(state.routes.some((route) => {
    const devices = [route.device, ...(route.nexthops ?? []).map((hop) => hop.device)];
    return route.type === "unicast" && devices.includes(input) &&
      contains(route.destination, source);
  }));
}

function hasRouteGap(state: NetnsState): boolean {
  return isIncomplete(state, ["state", "routes", "links"]);
}
