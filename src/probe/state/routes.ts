/** Routes, from `ip -j -N route show table all`. */
import { z } from "zod";
import type { Route } from "../../event/state.ts";
import { clip } from "./bounds.ts";
import { int, str } from "./values.ts";

/** The IP version. */
export type Family = 4 | 6;

/** iproute2 prints an id as a number, as text, or by name: it depends on version and `-N`. */
const id = z.union([z.string(), z.number()]).optional();

const TABLES: Record<string, number> = { default: 253, main: 254, local: 255, unspec: 0 };
/** `RTN_*` of rtnetlink.h. */
const TYPES = [
  ...["unspec", "unicast", "local", "broadcast", "anycast", "multicast", "blackhole"],
  ...["unreachable", "prohibit", "throw", "nat", "xresolve"],
];

const Via = z.object({ host: str }).optional();
/** A row of `ip -j -N route show table all` (iproute2 6.1 to 7.x). */
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
  /** Whole seconds from now, rounded down; below 0 of one that the kernel has not thrown away yet. */
  expires: int,
  nexthops: z.array(z.object({
    gateway: str,
    via: Via,
    dev: str,
    flags: z.array(z.string()).optional(),
  })).optional(),
});
/** A row as it was parsed. */
export type RouteRow = z.infer<typeof RouteRow>;

/** A row of the snapshot from one of the tool, which printed it at `timeNs` of the node's clock. */
export function route(row: RouteRow, family: Family, timeNs?: string): Route {
  const mtu = row.metrics?.map((metric) => metric.mtu).find((value) => value !== undefined);
  const gateway = row.gateway ?? row.via?.host;
  const flags = [...(row.flags ?? []), ...flagsOfAll(row.nexthops ?? [])];
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
    ...(row.expires === undefined || timeNs === undefined ? {} : {
      expiresAtNs: deadline(timeNs, row.expires),
    }),
  };
}

function deadline(timeNs: string, seconds: number): string {
  const at = BigInt(timeNs) + BigInt(seconds) * 1_000_000_000n;
  return String(at < 0n ? 0n : at);
}

function nexthop(hop: NonNullable<RouteRow["nexthops"]>[number]) {
  const gateway = hop.gateway ?? hop.via?.host;
  return {
    ...(gateway === undefined ? {} : { gateway: clip(gateway, 64) }),
    ...(hop.dev === undefined ? {} : { device: clip(hop.dev, 255) }),
    ...(hop.flags?.length ? { flags: hop.flags.slice(0, 16) } : {}),
  };
}

/**
 * Flags that each next hop of a multipath route has. One that is dead leaves the route alive, as long as
 * there are others.
 */
function flagsOfAll(hops: NonNullable<RouteRow["nexthops"]>): string[] {
  const [first, ...others] = hops;
  return (first?.flags ?? []).filter((flag) => others.every((hop) => hop.flags?.includes(flag)));
}

function routeType(value: string | number | undefined): string {
  if (value === undefined) return "unicast";
  return TYPES[Number(value)] ?? clip(String(value), 255);
}

/**
 * Number of a routing table from its number or name; undefined for a name that is not the kernel's.
 */
export function tableNumber(value: string | number | undefined): number | undefined {
  if (value === undefined) return undefined;
  if (value in TABLES) return TABLES[value];
  const table = Number(value);
  return Number.isInteger(table) ? table : undefined;
}

/** A prefix that always has its length: `default` has 0, an address alone has 32 or 128. */
export function prefix(destination: string, family: Family): string {
  if (destination === "default" || destination === "all") {
    return family === 4 ? "0.0.0.0/0" : "::/0";
  }
  if (destination.includes("/")) return clip(destination, 80);
  return clip(`${destination}/${family === 4 ? 32 : 128}`, 80);
}
