/** Which route and rule a kernel would choose, by the tables it had. */
import type { NetnsState, Route, RoutingRule } from "../../event/state.ts";
import { contains, parsePrefix } from "./address.ts";

/** A lookup. Absent fields are not known: rules that ask for them can't be decided. */
export interface RouteQuery {
  source?: string;
  destination: string;
  inputDevice?: string;
}

/** What the tables say to a lookup. */
export interface RouteAnswer {
  /** Null when no table had a route, or a rule refused. */
  route: Route | null;
  /** The rule that sent the lookup there, or refused by itself. */
  rule: RoutingRule | null;
  /** False when a rule depends on what is not known here (a mark, ports). */
  certain: boolean;
}

/** Numbers of the tables that every namespace has, as in /etc/iproute2/rt_tables. */
export const TABLES = { default: 253, main: 254, local: 255 } as const;

const REFUSALS = new Set(["blackhole", "unreachable", "prohibit"]);

/** A route that drops what it matches. */
export function refuses(route: Route): boolean {
  return REFUSALS.has(route.type);
}

/** The tables' answer. Rules whose match can't be decided here make the answer uncertain. */
export function lookUpRoute(state: NetnsState, query: RouteQuery): RouteAnswer {
  const family = query.destination.includes(":") ? 6 : 4;
  const rules = state.rules.filter((rule) => rule.family === family)
    .sort((a, b) => a.priority - b.priority);
  let certain = true;
  for (const rule of rules.length > 0 ? rules : defaultRules(family)) {
    const match = ruleMatches(rule, query);
    if (match === "no") continue;
    if (match === "unknown") {
      certain = false;
      continue;
    }
    if (REFUSALS.has(rule.action)) return { route: null, rule, certain };
    if (rule.action !== "lookup" && rule.action !== "to_tbl") continue;
    const route = longest(state, family, rule.table ?? TABLES.main, query.destination);
    if (route && route.type !== "throw") return { route, rule, certain };
  }
  return { route: null, rule: null, certain };
}

/**
 * The first answer that refuses (blackhole, prohibit, unreachable) among those the lookup may have
 * had, counting rules whose match can't be decided here. Null when none refuses.
 */
export function possibleRefusal(state: NetnsState, query: RouteQuery): RouteAnswer | null {
  const family = query.destination.includes(":") ? 6 : 4;
  const rules = state.rules.filter((rule) => rule.family === family)
    .sort((a, b) => a.priority - b.priority);
  for (const rule of rules) {
    const match = ruleMatches(rule, query);
    if (match === "no") continue;
    if (REFUSALS.has(rule.action)) return { route: null, rule, certain: false };
    if (rule.action !== "lookup" && rule.action !== "to_tbl") continue;
    const route = longest(state, family, rule.table ?? TABLES.main, query.destination);
    if (route && refuses(route)) return { route, rule, certain: false };
    // This table certainly has a route, so the kernel did not look at the rules after it.
    if (match === "yes" && route && route.type !== "throw") return null;
  }
  return null;
}

/** The rules that a namespace begins with. */
function defaultRules(family: 4 | 6): RoutingRule[] {
  const looksUp = (priority: number, table: number): RoutingRule => ({
    family,
    priority,
    action: "lookup",
    table,
  });
  return [looksUp(0, TABLES.local), looksUp(32_766, TABLES.main), looksUp(32_767, TABLES.default)];
}

/** "unknown" where the rule asks for what a query can't tell: marks, ports, the device it leaves by. */
function ruleMatches(rule: RoutingRule, query: RouteQuery): "yes" | "no" | "unknown" {
  const inverted = rule.inverted === true;
  const answer = (yes: boolean) => yes !== inverted ? "yes" : "no";
  if (rule.source && rule.source !== "all") {
    if (query.source === undefined) return "unknown";
    if (!contains(rule.source, query.source)) return answer(false);
  }
  if (rule.destination && rule.destination !== "all") {
    if (!contains(rule.destination, query.destination)) return answer(false);
  }
  if (rule.inputDevice && rule.inputDevice !== query.inputDevice) return answer(false);
  const undecidable = rule.mark ?? rule.protocol ?? rule.sourcePort ?? rule.destinationPort ??
    rule.outputDevice;
  return undecidable === undefined ? answer(true) : "unknown";
}

/** Longest prefix, then least metric. Routes over devices that are down do not count. */
function longest(state: NetnsState, family: 4 | 6, table: number, address: string): Route | null {
  let best: Route | null = null;
  let bestLength = -1;
  for (const route of state.routes) {
    if (route.family !== family || route.table !== table) continue;
    if (route.flags?.includes("dead") || !contains(route.destination, address)) continue;
    const length = parsePrefix(route.destination)!.length;
    const better = length > bestLength ||
      (length === bestLength && (route.metric ?? 0) < (best?.metric ?? 0));
    if (better) {
      best = route;
      bestLength = length;
    }
  }
  return best;
}

/** A route as `ip route` prints it, without what does not matter here. */
export function routeText(route: Route): string {
  const type = route.type === "unicast" ? "" : `${route.type} `;
  const destination = /^(0\.0\.0\.0|::)\/0$/.test(route.destination)
    ? "default"
    : route.destination;
  const via = route.gateway ? ` via ${route.gateway}` : "";
  const device = route.device ? ` dev ${route.device}` : "";
  const table = route.table === TABLES.main ? "" : ` table ${route.table}`;
  return `${type}${destination}${via}${device}${table}`;
}
