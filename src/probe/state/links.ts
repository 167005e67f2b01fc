/** Links and their addresses, from `ip -j -d -s addr show`. */
import { z } from "zod";
import type { Link, LinkAddress, TunnelSettings } from "../../event/state.ts";
import { clip } from "./bounds.ts";

const str = z.string().optional();
const int = z.number().int().optional();
const flag = z.union([z.boolean(), z.number()]).optional();
const record = z.record(z.string(), z.unknown());

const AddressRow = z.object({
  local: str,
  address: str,
  prefixlen: int,
  scope: z.union([z.string(), z.number()]).optional(),
}).catchall(z.unknown());

/** One link as iproute2 6.1 to 7.x print it; all but the index and name may be missing. */
export const LinkRow = z.object({
  ifindex: z.number().int(),
  ifname: z.string(),
  /** Lower device or peer: by name when in this netns, by index when not. */
  link: str,
  link_index: int,
  link_netnsid: int,
  flags: z.array(z.string()).optional(),
  mtu: int,
  operstate: str,
  master: str,
  txqlen: int,
  link_type: str,
  address: str,
  gso_max_size: int,
  linkinfo: z.object({
    info_kind: str,
    info_data: record.optional(),
    info_slave_kind: str,
    info_slave_data: record.optional(),
  }).optional(),
  xdp: z.unknown().optional(),
  addr_info: z.array(AddressRow).optional(),
  stats64: z.object({ rx: record.optional(), tx: record.optional() }).optional(),
});
export type LinkRow = z.infer<typeof LinkRow>;

const BridgeData = z.object({
  vlan_filtering: flag,
  stp_state: flag,
  nf_call_iptables: flag,
  nf_call_ip6tables: flag,
});
const PortData = z.object({
  state: z.union([z.string(), z.number()]).optional(),
  isolated: flag,
  hairpin: flag,
  learning: flag,
  flood: flag,
  guard: flag,
  neigh_suppress: flag,
});

/** `ip addr` flags an address with keys of its own: `"tentative": true`. */
const ADDRESS_FLAGS = [
  "tentative",
  "dadfailed",
  "deprecated",
  "temporary",
  "optimistic",
  "secondary",
  "nodad",
  "noprefixroute",
];
const PORT_STATES = ["disabled", "listening", "learning", "forwarding", "blocking"];

/** Rows of `Link`; `netnsids` tells which nsid a link's peer or lower device is behind. */
export function links(rows: readonly LinkRow[]): { rows: Link[]; netnsids: Map<number, number> } {
  const indexes = new Map(rows.map((row) => [row.ifname, row.ifindex]));
  const netnsids = new Map<number, number>();
  const out = rows.map((row) => {
    if (row.link_netnsid !== undefined && row.link_netnsid >= 0) {
      netnsids.set(row.ifindex, row.link_netnsid);
    }
    return link(row, indexes);
  });
  return { rows: out, netnsids };
}

function link(row: LinkRow, indexes: ReadonlyMap<string, number>): Link {
  const info = row.linkinfo;
  const kind = info?.info_kind ?? (row.link_type === "loopback" ? "loopback" : "physical");
  const data = info?.info_data ?? {};
  const xdp = xdpPrograms(row.xdp);
  return {
    ifindex: row.ifindex,
    name: clip(row.ifname, 255),
    kind: clip(kind, 255),
    ...(row.address === undefined ? {} : { mac: clip(row.address, 32) }),
    mtu: row.mtu ?? 0,
    flags: row.flags ?? [],
    operstate: row.operstate ?? "UNKNOWN",
    ...some("masterIfindex", row.master === undefined ? undefined : indexes.get(row.master)),
    ...some("peerIfindex", row.link_index ?? indexes.get(row.link ?? "")),
    addresses: (row.addr_info ?? []).flatMap(linkAddress),
    ...some("tunnel", tunnel(kind, data, indexes)),
    ...some("vlan", kind === "vlan" ? vlan(data) : undefined),
    ...some("bridge", kind === "bridge" ? bridge(data) : undefined),
    ...some(
      "bridgePort",
      info?.info_slave_kind === "bridge" ? bridgePort(info.info_slave_data ?? {}) : undefined,
    ),
    ...some(
      "macvlanMode",
      kind === "macvlan" || kind === "macvtap" ? text(data.mode) : undefined,
    ),
    ...(xdp.length > 0 ? { xdp } : {}),
    ...some("transmitQueueLength", row.txqlen),
    ...some("gsoMaxSize", row.gso_max_size),
    ...(row.stats64 ? { counters: counters(row.stats64) } : {}),
  };
}

/** `{ [key]: value }`, or nothing when there is no value: absent is not `undefined` on the wire. */
function some<K extends string, V>(key: K, value: V | undefined): { [P in K]?: V } {
  return value === undefined ? {} : { [key]: value } as { [P in K]?: V };
}

function text(value: unknown): string | undefined {
  return typeof value === "string" && value !== "" ? clip(value, 255) : undefined;
}

function number(value: unknown): number | undefined {
  return typeof value === "number" && Number.isSafeInteger(value) ? value : undefined;
}

function linkAddress(row: z.infer<typeof AddressRow>): LinkAddress[] {
  if (row.local === undefined) return [];
  const flags = ADDRESS_FLAGS.filter((name) => row[name] === true);
  return [{
    address: clip(row.local, 64),
    prefix: row.prefixlen ?? 0,
    ...some("scope", row.scope === undefined ? undefined : clip(String(row.scope), 255)),
    ...(flags.length > 0 ? { flags } : {}),
  }];
}

const TUNNELS = new Set([
  ...["vxlan", "geneve", "gre", "gretap", "ip6gre", "ip6gretap", "erspan", "ip6erspan"],
  ...["ipip", "sit", "ip6tnl", "vti", "vti6", "gtp", "bareudp"],
]);

function tunnel(
  kind: string,
  data: Record<string, unknown>,
  indexes: ReadonlyMap<string, number>,
): TunnelSettings | undefined {
  if (!TUNNELS.has(kind)) return undefined;
  const external = data.external === true || data.external === null;
  const underlay = text(data.link);
  const address = (...keys: string[]) => keys.map((key) => text(data[key])).find(meaningful);
  return {
    ...some("id", external ? undefined : tunnelId(data)),
    ...some("local", address("local", "local6")),
    ...some("remote", address("remote", "remote6", "group", "group6")),
    ...some("port", number(data.port)),
    ...some("learning", typeof data.learning === "boolean" ? data.learning : undefined),
    ...(external ? { external } : {}),
    ...some("underlay", underlay),
    ...some("underlayIfindex", underlay === undefined ? undefined : indexes.get(underlay)),
  };
}

/** VNI, or the transmit key, which gre prints like an IPv4 address. */
function tunnelId(data: Record<string, unknown>): number | undefined {
  const vni = number(data.id);
  if (vni !== undefined) return vni;
  const key = data.okey ?? data.ikey;
  if (typeof key === "number") return number(key);
  if (typeof key !== "string") return undefined;
  const bytes = key.split(".").map(Number);
  if (bytes.some((byte) => !Number.isInteger(byte))) return undefined;
  return bytes.length === 1 ? bytes[0] : bytes.reduce((sum, byte) => sum * 256 + byte, 0);
}

/** Tunnels print "any" for an end that is not set. */
function meaningful(address: string | undefined): boolean {
  return address !== undefined && !["any", "0.0.0.0", "::"].includes(address);
}

function vlan(data: Record<string, unknown>): Link["vlan"] {
  const id = number(data.id);
  return id === undefined ? undefined : { id, protocol: text(data.protocol) ?? "802.1Q" };
}

function bridge(data: Record<string, unknown>): Link["bridge"] {
  const parsed = BridgeData.safeParse(data).data ?? {};
  return {
    vlanFiltering: Boolean(parsed.vlan_filtering),
    stp: Boolean(parsed.stp_state),
    ...some("nfCallIptables", boolean(parsed.nf_call_iptables)),
    ...some("nfCallIp6tables", boolean(parsed.nf_call_ip6tables)),
  };
}

function bridgePort(data: Record<string, unknown>): Link["bridgePort"] {
  const parsed = PortData.safeParse(data).data ?? {};
  const state = parsed.state ?? "disabled";
  return {
    state: typeof state === "number" ? PORT_STATES[state] ?? String(state) : clip(state, 255),
    isolated: Boolean(parsed.isolated),
    hairpin: Boolean(parsed.hairpin),
    learning: parsed.learning === undefined ? true : Boolean(parsed.learning),
    unicastFlood: parsed.flood === undefined ? true : Boolean(parsed.flood),
    ...some("guard", boolean(parsed.guard)),
    ...some("neighbourSuppress", boolean(parsed.neigh_suppress)),
  };
}

function boolean(value: boolean | number | undefined): boolean | undefined {
  return value === undefined ? undefined : Boolean(value);
}

const Xdp = z.object({
  mode: z.union([z.number(), z.string()]).optional(),
  prog: z.object({ id: int, name: str }).optional(),
  attached: z.array(z.object({
    mode: z.union([z.number(), z.string()]).optional(),
    prog: z.object({ id: int, name: str }).optional(),
  })).optional(),
});
/** `XDP_ATTACHED_*` of if_link.h. */
const XDP_MODES = ["none", "driver", "generic", "offload", "multiple"];

/** A single program stands in `prog`; several (one per mode) in `attached`. */
function xdpPrograms(value: unknown): NonNullable<Link["xdp"]> {
  const xdp = Xdp.safeParse(value).data;
  if (!xdp) return [];
  const all = xdp.attached?.length ? xdp.attached : [xdp];
  return all.filter((one) => one.prog).map((one) => ({
    ...some("id", one.prog?.id),
    ...some("mode", one.mode === undefined ? undefined : XDP_MODES[Number(one.mode)] ?? "none"),
    ...some("name", text(one.prog?.name)),
  }));
}

function counters(stats: NonNullable<LinkRow["stats64"]>): Record<string, number> {
  const out: Record<string, number> = {};
  for (const [way, values] of Object.entries(stats)) {
    for (const [key, value] of Object.entries(values ?? {})) {
      const count = number(value);
      if (count !== undefined) out[`${way}_${clip(key, 60)}`] = count;
    }
  }
  return out;
}
