/** From what the tools printed to one snapshot. Pure. */
import {
  FdbEntry,
  Link,
  Neighbour,
  NetfilterChain,
  NetfilterRule,
  NetfilterSet,
  type NetnsState,
  Qdisc,
  Route,
  RoutingRule,
  Socket,
  TrafficControlFilter,
} from "../../event/state.ts";
import { z } from "zod";
import { clip, Gaps, keepRows, ROWS_MAX } from "./bounds.ts";
import { monotonicNs } from "./clock.ts";
import { savedTables, withIptables } from "./iptables.ts";
import { failure, jsonRows } from "./json_rows.ts";
import { LinkRow, links } from "./links.ts";
import { fdbEntry, FdbRow, isMulticastFilter, neighbour, NeighbourRow } from "./neighbours.ts";
import { portVlans, VlanRow } from "./neighbours.ts";
import type { NetnsHandle } from "./netns.ts";
import { type Netfilter, nftRuleset } from "./nft_json.ts";
import { nftText } from "./nft_text.ts";
import { type Family, route, RouteRow, routingRule, RuleRow } from "./routes.ts";
import type { Section } from "./sections.ts";
import { sockets } from "./sockets.ts";
import { sysctls } from "./sysctls.ts";
import { filters, qdiscs } from "./traffic_control.ts";

export type Sections = ReadonlyMap<string, Section>;

/** A snapshot, and what it takes to find its links' peers in other snapshots. */
export interface Reading {
  state: NetnsState;
  /** ifindex → nsid of the netns its peer is in. */
  netnsids: Map<number, number>;
  /** nsid → name, as far as `ip netns list-id` knows one. */
  nsidNames: Map<number, string>;
}

export function emptyState(netns: NetnsHandle, timeNs: string): NetnsState {
  return {
    kind: "state",
    timeNs,
    netns: netns.inode,
    ...(netns.name === undefined ? {} : { name: clip(netns.name, 255) }),
    links: [],
    routes: [],
    rules: [],
    neighbours: [],
    fdb: [],
    sysctls: {},
    qdiscs: [],
    filters: [],
    chains: [],
    netfilter: [],
    sets: [],
    sockets: [],
    xfrm: [],
    gaps: [],
  };
}

export function assemble(netns: NetnsHandle, sections: Sections): Reading {
  const gaps = new Gaps();
  const timeNs = monotonicNs(sections.get("clock")?.stdout ?? "");
  if (timeNs === undefined) gaps.add("clock", "neither /proc/timer_list nor /proc/uptime told it");
  const rows = <T>(section: string, what: string, schema: z.ZodType<T>, max: number) =>
    keepRows(what, jsonRows(sections.get(section), what, gaps), schema, max, gaps);
  const text = (section: string, what: string) => textOf(sections, section, what, gaps);

  const linkRows = links(rows("link", "links", LinkRow, ROWS_MAX.links));
  addVlans(linkRows.rows, rows("vlan", "vlans", VlanRow, ROWS_MAX.links));
  const byFamily = <R, T>(
    section: string,
    what: string,
    schema: z.ZodType<R>,
    max: number,
    make: (row: R, family: Family) => T,
  ) =>
    ([4, 6] as const).flatMap((family) =>
      rows(`${section}${family}`, what, schema, max / 2).map((row) => make(row, family))
    );
  const settings = sysctls(text("sysctl", "sysctls"));
  const netfilter = readNetfilter(sections, gaps);
  const fdbRows = rows("fdb", "fdb", FdbRow, ROWS_MAX.fdb).filter((row) => !isMulticastFilter(row));
  const neighbourRows = [
    ...rows("neighbour", "neighbours", NeighbourRow, ROWS_MAX.neighbours),
    ...rows("proxy", "proxy neighbours", NeighbourRow, 1000),
  ];
  const routes = byFamily("route", "routes", RouteRow, ROWS_MAX.routes, route);
  const rules = byFamily("rule", "rules", RuleRow, ROWS_MAX.rules, routingRule);
  const keep = <T>(what: keyof typeof ROWS_MAX, list: unknown[], schema: z.ZodType<T>) =>
    keepRows(what, list, schema, ROWS_MAX[what], gaps);
  const conntrack = conntrackOf(settings);

  const state: NetnsState = {
    ...emptyState(netns, timeNs ?? "0"),
    links: keep("links", linkRows.rows, Link),
    routes: keep("routes", routes, Route),
    rules: keep("rules", rules, RoutingRule),
    neighbours: keep("neighbours", neighbourRows.map(neighbour), Neighbour),
    fdb: keep("fdb", fdbRows.map(fdbEntry), FdbEntry),
    sysctls: bounded(settings, gaps),
    qdiscs: keep("qdiscs", qdiscs(text("qdisc", "qdiscs")), Qdisc),
    filters: keep("filters", readFilters(sections, gaps), TrafficControlFilter),
    chains: keep("chains", netfilter.chains, NetfilterChain),
    netfilter: keep("netfilter", netfilter.rules, NetfilterRule),
    sets: keep("sets", netfilter.sets, NetfilterSet),
    sockets: keep("sockets", sockets(text("socket", "sockets")), Socket),
    ...(conntrack ? { conntrack } : {}),
    xfrm: readXfrm(sections, gaps),
  };
  if (!sections.has("end")) gaps.add("state", "the time limit ended the reading");
  state.gaps = gaps.rows;
  return { state, netnsids: linkRows.netnsids, nsidNames: nsidNames(sections) };
}

function textOf(sections: Sections, name: string, what: string, gaps: Gaps): string {
  const section = sections.get(name);
  if (!section) gaps.add(what, "not reached in time");
  else if (section.status !== 0) gaps.add(what, failure(section));
  return section?.stdout ?? "";
}

function addVlans(rows: Link[], vlans: readonly z.infer<typeof VlanRow>[]): void {
  const byName = new Map(vlans.map((row) => [row.ifname, portVlans(row)]));
  for (const link of rows) {
    const own = byName.get(link.name);
    if (own?.length) link.vlans = own.slice(0, 4096);
  }
}

function readFilters(sections: Sections, gaps: Gaps): TrafficControlFilter[] {
  if (sections.has("filters-cut")) gaps.add("filters", "cut: only the first 200 devices asked");
  return [...sections.values()].flatMap((section) => {
    const [word, device, where] = section.name.split(" ");
    if (word !== "filter" || device === undefined || where === undefined) return [];
    if (section.status !== 0) gaps.add(`filters of ${device} ${where}`, failure(section));
    return filters(section.stdout, device, where);
  });
}

function readNetfilter(sections: Sections, gaps: Gaps): Netfilter {
  let out: Netfilter = { chains: [], rules: [], sets: [] };
  const tables = sections.get("tables");
  if (tables && tables.status !== 0) {
    gaps.add("netfilter", tables.stdout.trim() || failure(tables));
  }
  if (sections.has("nft-json")) {
    const items = nftItems(sections.get("nft-json"), gaps);
    out = nftRuleset(items, nftText(sections.get("nft-text")?.stdout ?? ""), gaps);
  }
  for (const [name, family] of [["iptables4", "ip"], ["iptables6", "ip6"]] as const) {
    const section = sections.get(name);
    if (section) out = withIptables(out, savedTables(section.stdout, family, "iptables"));
  }
  for (const [name, family] of [["legacy4", "ip"], ["legacy6", "ip6"]] as const) {
    const section = sections.get(name);
    if (!section) continue;
    if (section.status !== 0) gaps.add(`iptables-legacy ${family}`, failure(section));
    const legacy = savedTables(section.stdout, family, "iptables-legacy");
    out.chains.push(...legacy.chains);
    out.rules.push(...legacy.rules);
  }
  return out;
}

/** nft wraps its list in an object; one cut short can only be mended without the wrapping. */
function nftItems(section: Section | undefined, gaps: Gaps): unknown[] {
  if (!section) return jsonRows(section, "netfilter", gaps);
  const list = section.stdout.trim().replace(/^\{\s*"nftables"\s*:\s*/, "").replace(/\}$/, "");
  return jsonRows({ ...section, stdout: list }, "netfilter", gaps);
}

function bounded(settings: Record<string, string>, gaps: Gaps): Record<string, string> {
  const entries = Object.entries(settings);
  if (entries.length > ROWS_MAX.sysctls) {
    gaps.add("sysctls", `cut: ${ROWS_MAX.sysctls} of ${entries.length} kept`);
  }
  return Object.fromEntries(
    entries.slice(0, ROWS_MAX.sysctls).map(([key, value]) => [clip(key, 300), clip(value, 300)]),
  );
}

function conntrackOf(settings: Record<string, string>): NetnsState["conntrack"] {
  const count = Number(settings["net.netfilter.nf_conntrack_count"]);
  const max = Number(settings["net.netfilter.nf_conntrack_max"]);
  return Number.isInteger(count) && Number.isInteger(max) ? { count, max } : undefined;
}

function readXfrm(sections: Sections, gaps: Gaps): string[] {
  const lines = ["xfrm-policy", "xfrm-state"].flatMap((name) => {
    const section = sections.get(name);
    if (section && section.status !== 0) gaps.add("xfrm", failure(section));
    return (section?.stdout ?? "").split("\n").map((line) => line.replace(/[\s\\]+/g, " ").trim());
  }).filter((line) => line !== "");
  return keepRows("xfrm", lines.map((line) => clip(line, 4000)), z.string(), ROWS_MAX.xfrm, gaps);
}

function nsidNames(sections: Sections): Map<number, string> {
  const out = new Map<number, string>();
  for (const line of (sections.get("nsid")?.stdout ?? "").split("\n")) {
    const found = /^nsid (\d+) \(iproute2 netns name: (.*)\)/.exec(line);
    if (found) out.set(Number(found[1]), found[2] ?? "");
  }
  return out;
}
