/** From what the tools printed to one snapshot. Pure. */
import {
  emptyState,
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
  VirtualService,
  WireguardPeer,
} from "../../event/state.ts";
import { z } from "zod";
import { clip, Gaps, keepRows, ROWS_MAX } from "./bounds.ts";
import { monotonicNs } from "./clock.ts";
import { type ConnectionQuery, connectionsOf, EVERY_CONNECTION } from "./connections.ts";
import { failure, jsonRows, textOf } from "./section_rows.ts";
import { LinkRow, links } from "./links.ts";
import { fdbEntry, FdbRow, isMulticastFilter, neighbour, NeighbourRow } from "./neighbours.ts";
import { portVlans, VlanRow } from "./neighbours.ts";
import { gapsAbout, type Kept, type KeptNetfilter, namesOf } from "./kept.ts";
import { readNftables, readOthers } from "./netfilter.ts";
import { withoutCounters } from "./rules_patch.ts";
import type { Netfilter } from "./nft_json.ts";
import { isOnlyMounted, type NetnsHandle } from "./netns.ts";
import type { Reading } from "./peers.ts";
import { refusedCounters } from "./refused_counters.ts";
import { type Family, route, RouteRow } from "./routes.ts";
import { routingRule, RuleRow } from "./rules.ts";
import type { Sections } from "./sections.ts";
import { sockets } from "./sockets.ts";
import { sysctls } from "./sysctls.ts";
import { readFilters } from "./filters.ts";
import { qdiscs } from "./traffic_control.ts";
import { virtualServices, wireguardPeers } from "./datapaths.ts";

/** What is known of a netns before anything of it was read. */
export function unreadState(handle: NetnsHandle, timeNs: string): NetnsState {
  const { inode, name, path, holder } = handle;
  return emptyState(inode, timeNs, {
    ...(name === undefined ? {} : { name: clip(name, 255) }),
    // A path that was cut would be another.
    ...(isOnlyMounted(handle) && path.length <= 4000 ? { file: path } : {}),
    ...(holder === undefined ? {} : { holder }),
  });
}

/**
 * Reads the output of the tools. What cannot be understood is a gap of the snapshot, never an
 * error.
 */
export function assemble(
  netns: NetnsHandle,
  sections: Sections,
  query: ConnectionQuery = EVERY_CONNECTION,
  kept: Kept = {},
): Reading {
  const gaps = new Gaps();
  const timeNs = monotonicNs(sections.get("clock")?.stdout ?? "");
  const untilNs = monotonicNs(sections.get("end")?.stdout ?? "");
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
  const neighbourRows = [
    ...rows("neighbour", "neighbours", NeighbourRow, ROWS_MAX.neighbours),
    ...rows("proxy", "proxy neighbours", NeighbourRow, 1000),
  ];
  const rules = byFamily("rule", "rules", RuleRow, ROWS_MAX.rules, routingRule);
  const keep = <T>(what: keyof typeof ROWS_MAX, list: unknown[], schema: z.ZodType<T>) =>
    keepRows(what, list, schema, ROWS_MAX[what], gaps);
  const conntrack = conntrackOf(settings);
  const readRoutes = () =>
    byFamily(
      "route",
      "routes",
      RouteRow,
      ROWS_MAX.routes,
      (row, family) => route(row, family, timeNs),
    );
  const routes = kept.routes ?? {
    rows: keep("routes", readRoutes(), Route),
    gaps: gapsAbout(gaps.rows, "routes"),
  };
  const fdb = kept.fdb ?? {
    rows: keep("fdb", readFdb(rows("fdb", "fdb", FdbRow, ROWS_MAX.fdb)), FdbEntry),
    gaps: gapsAbout(gaps.rows, "fdb"),
  };
  const nft = kept.netfilter ?? nftablesOf(sections, gaps);
  for (const part of Object.values(kept)) {
    for (const { what, why } of part?.gaps ?? []) gaps.add(what, why);
  }
  const netfilter = withOthers(nft, sections, gaps);

  const state: NetnsState = {
    ...unreadState(netns, timeNs ?? "0"),
    ...(untilNs === undefined ? {} : { untilNs }),
    ...(namesOf(kept).length > 0 ? { kept: namesOf(kept) } : {}),
    links: keep("links", linkRows.rows, Link),
    routes: routes.rows,
    rules: keep("rules", rules, RoutingRule),
    neighbours: keep("neighbours", neighbourRows.map(neighbour), Neighbour),
    fdb: fdb.rows,
    sysctls: bounded(settings, gaps),
    qdiscs: keep("qdiscs", qdiscs(text("qdisc", "qdiscs")), Qdisc),
    filters: keep("filters", readFilters(sections, gaps), TrafficControlFilter),
    chains: netfilter.chains,
    netfilter: netfilter.rules,
    sets: netfilter.sets,
    sockets: keep("sockets", readSockets(sections, gaps), Socket),
    ...(conntrack ? { conntrack } : {}),
    ...connectionsOf(sections.get("connections"), query, gaps),
    xfrm: readXfrm(sections, gaps),
    ...readRefused(sections),
    ...readFragments(sections),
    ...readDatapaths(sections, gaps),
  };
  const isWhole = sections.has("end");
  if (!isWhole) gaps.add("state", "the time limit ended the reading");
  state.gaps = gaps.rows;
  const keepable: Kept = {};
  if (isWhole && isRead(routes)) keepable.routes = routes;
  if (isWhole && isRead(fdb)) keepable.fdb = fdb;
  if (isWhole && isRead(nft) && isSteady(nft, sections)) {
    keepable.netfilter = kept.netfilter ?? { ...nft, rules: nft.rules.map(withoutCounters) };
  }
  return { state, netnsids: linkRows.netnsids, keepable };
}

function readFdb(rows: z.infer<typeof FdbRow>[]): FdbEntry[] {
  return rows.filter((row) => !isMulticastFilter(row)).map(fdbEntry);
}

function nftablesOf(sections: Sections, gaps: Gaps): KeptNetfilter {
  const own = new Gaps();
  const { chains, rules, sets } = readNftables(sections, own);
  const nft = fitting({ chains, rules, sets }, own);
  for (const { what, why } of own.rows) gaps.add(what, why);
  return { ...nft, gaps: own.rows };
}

/** What fits. */
const fitting = ({ chains, rules, sets }: Netfilter, gaps: Gaps): Netfilter => ({
  chains: keepRows("chains", chains, NetfilterChain, ROWS_MAX.chains, gaps),
  rules: keepRows("netfilter", rules, NetfilterRule, ROWS_MAX.netfilter, gaps),
  sets: keepRows("sets", sets, NetfilterSet, ROWS_MAX.sets, gaps),
});

/** The same lists where there is nothing else: what is made of them serves again. */
function withOthers(nft: Netfilter, sections: Sections, gaps: Gaps): Netfilter {
  const others = fitting(readOthers(sections, gaps), gaps);
  if (others.chains.length + others.rules.length + others.sets.length === 0) return nft;
  return {
    chains: [...nft.chains, ...others.chains],
    rules: [...nft.rules, ...others.rules],
    sets: [...nft.sets, ...others.sets],
  };
}

/** What failed may work the next time; what was too much will be so again. */
const isRead = ({ gaps }: { gaps: Gaps["rows"] }) => gaps.every(({ why }) => /^cut: \d/.test(why));

/** Elements that come and go by themselves change without anybody telling. */
function isSteady({ sets }: Netfilter, sections: Sections): boolean {
  return !sets.some(({ elements }) => JSON.stringify(elements).includes('"expires"')) &&
    !/"flags": ?\[[^\]]*"(?:timeout|dynamic)"/.test(sections.get("nft-json")?.stdout ?? "");
}

function addVlans(rows: Link[], vlans: readonly z.infer<typeof VlanRow>[]): void {
  const byName = new Map(vlans.map((row) => [row.ifname, portVlans(row)]));
  for (const link of rows) {
    const own = byName.get(link.name);
    if (own?.length) link.vlans = own.slice(0, 4096);
  }
}

function readSockets(sections: Sections, gaps: Gaps): Socket[] {
  const diagnosed = sections.has("socket");
  if (!diagnosed) {
    gaps.add("limits of listeners", "inet_diag is not loaded, and reading loads nothing");
  }
  const name = diagnosed ? "socket" : "socket-proc";
  return sockets(textOf(sections, name, "sockets", gaps), diagnosed);
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

/** What the kernel has: a part that is absent is not there, or could not be read, and then is a gap. */
function readDatapaths(
  sections: Sections,
  gaps: Gaps,
): Pick<NetnsState, "ipvs" | "wireguard"> {
  const told = (name: string) => textOf(sections, name, name, gaps);
  if (sections.has("wireguard-untold")) gaps.add("wireguard", "the tool wg is not installed");
  return {
    ...(sections.has("ipvs")
      ? { ipvs: keepRows("ipvs", virtualServices(told("ipvs")), VirtualService, 20_000, gaps) }
      : {}),
    ...(sections.has("wireguard allowed-ips")
      ? {
        wireguard: keepRows(
          "wireguard",
          wireguardPeers(
            told("wireguard allowed-ips"),
            told("wireguard endpoints"),
            told("wireguard latest-handshakes"),
            told("wireguard now"),
          ),
          WireguardPeer,
          20_000,
          gaps,
        ),
      }
      : {}),
  };
}

/** Where IPv6 is not built in, the last of the files is missing, which is no gap. */
function readRefused(sections: Sections): Pick<NetnsState, "refused"> {
  const refused = refusedCounters(sections.get("refused")?.stdout ?? "");
  return refused === undefined ? {} : { refused };
}

/** Lines `FAMILY BYTES LIMIT` of families whose fragments take more memory than they may. */
function readFragments(sections: Sections): Pick<NetnsState, "fragments"> {
  const fragments = (sections.get("fragments")?.stdout ?? "").split("\n").flatMap((line) => {
    const [, family, bytes, limit] = /^([46]) (\d+) (\d+)$/.exec(line) ?? [];
    if (family === undefined) return [];
    return [{
      family: family === "6" ? 6 as const : 4 as const,
      bytes: Number(bytes),
      limit: Number(limit),
    }];
  });
  return fragments.length > 0 ? { fragments } : {};
}

function readXfrm(sections: Sections, gaps: Gaps): string[] {
  const linesOf = (name: string) => {
    const section = sections.get(name);
    if (section && section.status !== 0) gaps.add("xfrm", failure(section));
    return (section?.stdout ?? "").split("\n").map((line) => line.replace(/[\s\\]+/g, " ").trim())
      .filter((line) => line !== "");
  };
  const counters = linesOf("xfrm-stat").map((line) => `stat ${line}`);
  const lines = [...linesOf("xfrm-policy"), ...linesOf("xfrm-state"), ...counters];
  return keepRows("xfrm", lines.map((line) => clip(line, 4000)), z.string(), ROWS_MAX.xfrm, gaps);
}
