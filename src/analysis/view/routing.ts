/** Which route and rule a kernel would choose, by the tables it had. */
import type { Event } from "../../event/event.ts";
import type { Link, NetnsState, Route, RoutingRule } from "../../event/state.ts";
import { contains, parsePrefix } from "./address.ts";
import { routesTo } from "./table_index.ts";
import { all, not, type Tri, tri } from "./tri.ts";

/** A lookup. Absent fields are not known: rules that ask for them can't be decided. */
export interface RouteQuery {
  source?: string;
  destination: string;
  /** Device it came in by; `lo` for what this host sends. */
  inputDevice?: string;
  /** Null: a lookup that asks for no device. */
  outputDevice?: string | null;
  /** The packet's firewall mark, as `ip rule` compares it: a number of 32 bits. */
  mark?: number;
  /** As rules name it: `tcp`, `udp`, `icmp`, `icmp6`, or a number. */
  protocol?: string;
  sourcePort?: number;
  destinationPort?: number;
  /** Of the VRF that the device is in. */
  vrfTable?: number;
}

/** What the tables say to a lookup. */
export interface RouteAnswer {
  /** Null when no table had a route, or a rule refused. */
  route: Route | null;
  /** The rule that sent the lookup there, or refused by itself. */
  rule: RoutingRule | null;
  /** False when a rule depends on what is not known here (a mark, ports). */
  certain: boolean;
  /** Rules before that one that can't be decided. */
  undecided: RoutingRule[];
}

/** Numbers of the tables that every namespace has, as in /etc/iproute2/rt_tables. */
export const TABLES = { default: 253, main: 254, local: 255 } as const;

const REFUSALS = new Set(["blackhole", "unreachable", "prohibit"]);

/**
 * The table of the VRF that a device is in, or is. What comes by a port of a VRF is looked up, and freed,
 * on the VRF's own device.
 */
export const vrfTableOf = (state: NetnsState, link: Link | undefined): number | undefined =>
  state.links.find(({ ifindex }) => ifindex === link?.masterIfindex)?.vrfTable ?? link?.vrfTable;

/** The VRF whose table a lookup asks for; absent: it asks for none, or that VRF is gone. */
export const vrfOf = ({ links }: NetnsState, { vrfTable }: RouteQuery): Link | undefined =>
  vrfTable === undefined ? undefined : links.find((link) => link.vrfTable === vrfTable);

/** The VRF's table that one of these failed lookups asked: what is sent by a VRF asks it before others. */
export function askedVrf(
  { links }: NetnsState,
  failed: readonly Pick<Event, "routeTable">[],
): { vrfTable?: number } {
  const asked = links.find(({ vrfTable }) =>
    vrfTable !== undefined && failed.some(({ routeTable }) => routeTable === vrfTable)
  );
  return asked?.vrfTable === undefined ? {} : { vrfTable: asked.vrfTable };
}

/** A route that drops what it matches. */
export function refuses(route: Route): boolean {
  return REFUSALS.has(route.type);
}

/** The tables' answer. Rules whose match can't be decided here make the answer uncertain. */
export function lookUpRoute(state: NetnsState, query: RouteQuery): RouteAnswer {
  const undecided: RoutingRule[] = [];
  for (const { rule, match } of asked(state, query)) {
    if (match === "unknown") {
      undecided.push(rule);
      continue;
    }
    const answer = answerOf(state, query, rule);
    if (answer) return { ...answer, certain: undecided.length === 0, undecided };
  }
  return { route: null, rule: null, certain: undecided.length === 0, undecided };
}

/** What the lookup would be told if this rule matched; null: it would go on to the next rule. */
export function answerOf(
  state: NetnsState,
  query: RouteQuery,
  rule: RoutingRule,
): Pick<RouteAnswer, "route" | "rule"> | null {
  if (REFUSALS.has(rule.action)) return { route: null, rule };
  const table = rule.action === "l3mdev" ? query.vrfTable : rule.table ?? TABLES.main;
  if (table === undefined || !/^(lookup|to_tbl|l3mdev)$/.test(rule.action)) return null;
  const route = longest(state, familyOf(query), table, query.destination);
  if (!route || route.type === "throw") return null;
  // A route that refuses ends the lookup before the kernel asks whether the rule suppresses its prefix.
  const length = refuses(route) ? Infinity : parsePrefix(route.destination)!.length;
  return length <= (rule.suppressPrefix ?? -1) ? null : { route, rule };
}

/**
 * The route that refuses in a table of which the kernel told that it refused: there the lookup ended, whatever
 * the rules before and after that table ask for. Null where the reading has no such route.
 */
export function refusalIn(
  state: NetnsState,
  query: RouteQuery,
  told: readonly Pick<Event, "routeTable">[],
): RouteAnswer | null {
  const tables = new Set(told.map(({ routeTable }) => routeTable));
  for (const { rule } of asked(state, query)) {
    if (!tables.has(rule.table)) continue;
    const answer = answerOf(state, query, rule);
    if (answer?.route && refuses(answer.route)) return { ...answer, certain: true, undecided: [] };
  }
  return null;
}

/**
 * All answers that the lookup may have had, in the rules' order, up to the first that is certain: rules
 * whose match can't be decided here may have been passed over, or not.
 */
export function* possibleAnswers(
  state: NetnsState,
  query: RouteQuery,
): Generator<Pick<RouteAnswer, "route" | "rule">> {
  for (const { rule, match } of asked(state, query)) {
    const answer = answerOf(state, query, rule);
    if (!answer) continue;
    yield answer;
    if (match === "yes") return;
  }
}

/**
 * The first answer that refuses (blackhole, prohibit, unreachable) among those the lookup may have
 * had, counting rules whose match can't be decided here. Null when none refuses.
 */
export function possibleRefusal(state: NetnsState, query: RouteQuery): RouteAnswer | null {
  if (!state.rules.some((rule) => rule.family === familyOf(query))) return null;
  const undecided: RoutingRule[] = [];
  for (const { rule, match } of asked(state, query)) {
    if (match === "unknown") undecided.push(rule);
    const answer = answerOf(state, query, rule);
    if (!answer) continue;
    if (!answer.route || refuses(answer.route)) return { ...answer, certain: false, undecided };
    // This table certainly has a route, so the kernel did not look at the rules after it.
    if (match === "yes") return null;
  }
  return null;
}

const familyOf = ({ destination }: RouteQuery) => destination.includes(":") ? 6 : 4;

/** The rules that this lookup is asked by, in their order, without those that do not match. */
function* asked(state: NetnsState, query: RouteQuery) {
  const family = familyOf(query);
  const own = state.rules.filter((rule) => rule.family === family)
    .sort((a, b) => a.priority - b.priority);
  let from = -1;
  for (const rule of own.length > 0 ? own : defaultRules(family)) {
    if (rule.priority < from) continue;
    const match = ruleMatches(rule, query);
    if (match === "no") continue;
    if (rule.action !== "goto") yield { rule, match };
    else if (match === "yes" && rule.target !== undefined) from = rule.target;
    else yield { rule, match: "unknown" as const };
  }
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

/** "unknown" where the rule asks for what the query does not tell. */
function ruleMatches(rule: RoutingRule, query: RouteQuery): Tri {
  const found = all([
    selects(rule.source, query.source),
    selects(rule.destination, query.destination),
    rule.inputDevice === undefined ? "yes" : comesBy(rule.inputDevice, query.inputDevice),
    is(rule.outputDevice, query.outputDevice),
    marked(rule.mark, query.mark),
    is(rule.protocol, query.protocol),
    inPorts(rule.sourcePort, query.sourcePort),
    inPorts(rule.destinationPort, query.destinationPort),
    rule.other === undefined ? "yes" : "unknown",
  ]);
  return rule.inverted === true ? not(found) : found;
}

function selects(prefix: string | undefined, address: string | undefined): Tri {
  if (!prefix || prefix === "all") return "yes";
  return address === undefined ? "unknown" : tri(contains(prefix, address));
}

/** Without a device the lookup may be one of the host's own, which counts as coming by `lo`. */
function comesBy(wanted: string, device: string | undefined): Tri {
  return device === undefined && wanted === "lo" ? "unknown" : tri(wanted === device);
}

function is(wanted: string | undefined, value: string | null | undefined): Tri {
  if (wanted === undefined) return "yes";
  return value === undefined ? "unknown" : tri(wanted === value);
}

/** `0x1/0xff`: a value and the bits that count. */
function marked(wanted: string | undefined, mark: number | undefined): Tri {
  if (wanted === undefined) return "yes";
  const [value = NaN, mask = 0xffffffff] = wanted.split("/").map(Number);
  if (mark === undefined || Number.isNaN(value) || Number.isNaN(mask)) return "unknown";
  return tri(((mark ^ value) & mask) === 0);
}

function inPorts(range: string | undefined, port: number | undefined): Tri {
  if (range === undefined) return "yes";
  if (port === undefined) return "unknown";
  const [from = NaN, to = from] = range.split("-").map(Number);
  return tri(port >= from && port <= to);
}

/** Longest prefix, then least metric. Routes over devices that are down do not count. */
function longest(state: NetnsState, family: 4 | 6, table: number, address: string): Route | null {
  let best: Route | null = null;
  let bestLength = -1;
  for (const route of routesTo(state, family, table, address)) {
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

/** What a routing rule asks of a packet, in words; empty where it asks for nothing. */
export function selectorsText(rule: RoutingRule): string {
  const from = rule.source ? ` from ${rule.source}` : "";
  return `${rule.inverted ? " not" : ""}${from}${selectorsBehind(rule)}`;
}

function selectorsBehind(rule: RoutingRule): string {
  const word = (name: string, value: string | undefined) => value ? ` ${name} ${value}` : "";
  return [
    word("to", rule.destination),
    word("fwmark", rule.mark),
    word("iif", rule.inputDevice),
    word("oif", rule.outputDevice),
    word("ipproto", rule.protocol),
    word("sport", rule.sourcePort),
    word("dport", rule.destinationPort),
    rule.other ? ` ${rule.other}` : "",
  ].join("");
}

/** A routing rule as `ip rule` prints it, without what does not matter here. */
export function ruleText(rule: RoutingRule): string {
  const table = Object.entries(TABLES).find(([, number]) => number === rule.table)?.[0] ??
    rule.table;
  const to = rule.action === "goto" ? ` ${rule.target ?? "?"}` : "";
  const action = /^(lookup|to_tbl)$/.test(rule.action) ? `lookup ${table}` : rule.action + to;
  return `${rule.priority}:${rule.inverted ? " not" : ""} from ${rule.source ?? "all"}${
    selectorsBehind(rule)
  } ${action}${
    rule.suppressPrefix === undefined ? "" : ` suppress_prefixlength ${rule.suppressPrefix}`
  }`;
}

const isDefault = ({ destination }: Route): boolean => /^(0\.0\.0\.0|::)\/0$/.test(destination);

/** A default route without a gateway: every address is looked for on the device's own link. */
export const isBare = (route: Route): boolean =>
  route.type === "unicast" && route.gateway === undefined && !route.nexthops?.length &&
  isDefault(route);

/** A route as `ip route` prints it, without what does not matter here. */
export function routeText(route: Route): string {
  const type = route.type === "unicast" ? "" : `${route.type} `;
  const destination = isDefault(route) ? "default" : route.destination;
  const via = route.gateway ? ` via ${route.gateway}` : "";
  const device = route.device ? ` dev ${route.device}` : "";
  const ways = (route.nexthops ?? []).map((hop) =>
    ` nexthop${hop.gateway ? ` via ${hop.gateway}` : ""}${hop.device ? ` dev ${hop.device}` : ""}${
      (hop.flags ?? []).map((flag) => ` ${flag}`).join("")
    }`
  ).join("");
  const table = route.table === TABLES.main ? "" : ` table ${route.table}`;
  return `${type}${destination}${via}${device}${table}${ways}`;
}
