/** Policy rules, from `ip -j -N rule show`. */
import { z } from "zod";
import type { RoutingRule } from "../../event/state.ts";
import { clip } from "./bounds.ts";
import { type Family, prefix, tableNumber } from "./routes.ts";
import { int, str } from "./values.ts";

/** An id as a number, as text, or by name, as in routes. */
const id = z.union([z.string(), z.number()]).optional();

/** A row of `ip -j -N rule show` (iproute2 6.1 to 7.x). */
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
  suppress_prefixlen: int,
  suppress_ifgroup: id,
  tos: id,
  dscp: id,
  flowlabel: id,
  tun_id: id,
  uid_start: int,
  uid_end: int,
  nop: z.unknown().optional(),
  l3mdev: z.unknown().optional(),
});
/** A row as it was parsed. */
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

/** A row of the snapshot from one of the tool. */
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
    ...(Number.isInteger(Number(row.goto ?? NaN)) ? { target: Number(row.goto) } : {}),
    ...(row.suppress_prefixlen === undefined ? {} : { suppressPrefix: row.suppress_prefixlen }),
    ...part("other", others(row)),
  };
}

/** Conditions that no lookup here can decide. */
function others(row: RuleRow): string {
  const words = (["tos", "dscp", "flowlabel", "tun_id", "suppress_ifgroup"] as const)
    .flatMap((key) => row[key] === undefined ? [] : [`${key} ${row[key]}`]);
  if (row.uid_start !== undefined) words.push(`uidrange ${row.uid_start}-${row.uid_end ?? ""}`);
  return clip(words.join(" "), 255);
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
  // The table is that of the VRF the packet is in.
  if (row.l3mdev !== undefined) return "l3mdev";
  return row.nop === undefined ? "lookup" : "nop";
}
