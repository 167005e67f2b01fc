/** Words of `ip route` and `ip rule` for a route as it was read. */
import type { Route } from "../../../event/state.ts";
import { TABLES } from "../../view/routing.ts";
import { address, device, named, prefix, type Word } from "../word.ts";

/** `ip`, told the family of an address where it can't see that itself. */
export const ipFor = (destination: string): Word[] =>
  destination.includes(":") ? ["ip", "-6"] : ["ip"];

/**
 * A route as `ip route` takes it, told from every other by its metric. What is changed is written anew,
 * so that its source has to be said again. Of several ways nothing is told.
 */
export function routeWords(route: Route): Word[] {
  return [
    ...(route.nexthops?.length ? [null] : []),
    ...(route.type === "unicast" ? [] : [named(route.type)]),
    /^(0\.0\.0\.0|::)\/0$/.test(route.destination) ? "default" : prefix(route.destination),
    ...(route.gateway ? ["via", address(route.gateway)] : []),
    ...(route.device ? ["dev", device(route.device)] : []),
    ...(route.source ? ["src", address(route.source)] : []),
    ...(route.metric ? ["metric", route.metric] : []),
    ...(route.flags?.includes("onlink") ? ["onlink"] : []),
    ...(route.table === TABLES.main ? [] : ["table", route.table]),
  ];
}
