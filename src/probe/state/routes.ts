/** Routes and policy rules, from `ip -j -N route show table all` and `ip -j -N rule show`. */
import { z } from "zod";
import type { Route, RoutingRule } from "../../event/state.ts";
import { clip } from "./bounds.ts";

export type Family = 4 | 6;

const str = z.string().optional();
const int = z.number().int().optional();
/** iproute2 prints an id as a number, as text, or by name: it depends on version and `-N`. */
const id = z.union([z.string(), z.number()]).optional();

const TABLES: Record<string, number> = { default: 253, main: 254, local: 255, unspec: 0 };
/** `RTN_*` of rtnetlink.h. */
const TYPES = [
  ...["unspec", "unicast", "local", "broadcast", "anycast", "multicast", "blackhole"],
  ...["unreachable", "prohibit", "throw", "nat", "xresolve"],
];

const Via = z.object({ host: str }).optional();
export const RouteRow = z.object({
  type: id,
  dst: z.string(),
  gateway: str,
  via: Via,
  dev: str,
  table: id,
  prefsrc: str,
  metric: int,
  flags: z.array(z.string()).optional(),
  metrics: z.array(z.record(z.string(), z.unknown())).optional(),
  nexthops: z.array(z.object({
    gateway: str,
    via: Via,
    dev: str,
    flags: z.array(z.string()).optional(),
  })).optional(),
});
export type RouteRow = z.infer<typeof RouteRow>;

export function route(row: RouteRow, family: Family): Route {
  const mtu = row.metrics?.map((metric) => metric.mtu).find((value) => value !== undefined);
  const gateway = row.gateway ?? row.via?.host;
  // A route of one next hop out of several keeps its flags there.
  const flags = [...(row.flags ?? []), ...(row.nexthops ?? []).flatMap((hop) => hop.flags ?? [])];
  return {
    family,
    table: tableNumber(row.table) ?? 254,
    type: routeType(row.type),
    destination: prefix(row.dst, family),
    ...(gateway === undefined ? {} : { gateway: clip(gateway, 64) }),
    ...(row.dev === undefined ? {} : { device: clip(row.dev, 255) }),
    ...(row.nexthops?.length ? { nexthops: row.nexthops.map(nexthop) } : {}),
    ...(row.prefsrc === undefined ? {} : { source: clip(row.prefsrc, 64) }),
    ...(row.metric === undefined ? {} : { metric: row.metric }),
    ...(typeof mtu === "number" && Number.isInteger(mtu) ? { mtu } : {}),
    ...(flags.length > 0 ? { flags: [...new Set(flags)].slice(0, 16) } : {}),
  };
}

function nexthop(hop: NonNullable<RouteRow["nexthops"]>[number]) {
  const gateway = hop.gateway ?? hop.via?.host;
  return {
    ...(gateway === undefined ? {} : { gateway: clip(gateway, 64) }),
    ...(hop.dev === undefined ? {} : { device: clip(hop.dev, 255) }),
  };
}

function routeType(value: string | number | undefined): string {
  if (value === undefined) return "unicast";
  return TYPES[Number(value)] ?? clip(String(value), 255);
}

export function tableNumber(value: string | number | undefined): number | undefined {
  if (value === undefined) return undefined;
  if (value in TABLES) return TABLES[value];
  const table = Number(value);
  return Number.isInteger(table) ? table : undefined;
}

/** With a length always: `default` is the empty prefix, a bare address the full one. */
export function prefix(destination: string, family: Family): string {
  if (destination === "default" || destination === "all") {
    return family === 4 ? "0.0.0.0/0" : "::/0";
  }
  if (destination.includes("/")) return clip(destination, 80);
  return clip(`${destination}/${family === 4 ? 32 : 128}`, 80);
}

export const RuleRow = z.object({
  priority: z.number().int(),
  not: z.null().optional(),
  src: str,
  srclen: int,
  dst: str,
  dstlen: int,
  iif: str,
  oif: str,
  fwmark: str,
  fwmask: str,
  ipproto: id,
  sport: int,
  sport_start: int,
  sport_end: int,
  dport: int,
  dport_start: int,
  dport_end: int,
  table: id,
  action: id,
  goto: z.unknown().optional(),
  nop: z.unknown().optional(),
});
export type RuleRow = z.infer<typeof RuleRow>;

/** `FR_ACT_*` of fib_rules.h. */
const ACTIONS: Record<string, string> = {
  "1": "lookup",
  "2": "goto",
  "3": "nop",
  "6": "blackhole",
  "7": "unreachable",
  "8": "prohibit",
  to_tbl: "lookup",
};
const PROTOCOLS: Record<string, string> = {
  "1": "icmp",
  "6": "tcp",
  "17": "udp",
  "58": "icmp6",
  "ipv6-icmp": "icmp6",
};

export function routingRule(row: RuleRow, family: Family): RoutingRule {
  const protocol = row.ipproto === undefined
    ? undefined
    : String(row.ipproto).replace(/^ipproto-/, "");
  const table = tableNumber(row.table);
  return {
    family,
    priority: row.priority,
    ...part("source", selector(row.src, row.srclen, family)),
    ...part("destination", selector(row.dst, row.dstlen, family)),
    ...part("inputDevice", row.iif && clip(row.iif, 255)),
    ...part("outputDevice", row.oif && clip(row.oif, 255)),
    ...part("mark", mark(row)),
    ...part("protocol", protocol && (PROTOCOLS[protocol] ?? clip(protocol, 255))),
    ...part("sourcePort", range(row.sport, row.sport_start, row.sport_end)),
    ...part("destinationPort", range(row.dport, row.dport_start, row.dport_end)),
    action: ruleAction(row),
    ...(table === undefined ? {} : { table }),
    ...(row.not === null ? { inverted: true } : {}),
  };
}

function part<K extends string>(key: K, value: string | undefined): { [P in K]?: string } {
  return value ? { [key]: value } as { [P in K]?: string } : {};
}

function selector(address: string | undefined, length: number | undefined, family: Family) {
  if (address === undefined || address === "all") return undefined;
  return prefix(length === undefined ? address : `${address}/${length}`, family);
}

function mark(row: RuleRow): string | undefined {
  if (row.fwmark === undefined) return undefined;
  return clip(row.fwmask === undefined ? row.fwmark : `${row.fwmark}/${row.fwmask}`, 40);
}

function range(one?: number, from?: number, to?: number): string | undefined {
  if (one !== undefined) return String(one);
  return from === undefined ? undefined : `${from}-${to ?? from}`;
}

function ruleAction(row: RuleRow): string {
  if (row.action !== undefined) return ACTIONS[String(row.action)] ?? clip(String(row.action), 255);
  if (row.goto !== undefined) return "goto";
  return row.nop === undefined ? "lookup" : "nop";
}
