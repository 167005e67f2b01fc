/** Links and their addresses, from `ip -j -d -s addr show`. */
import { z } from "zod";
import type { Link, LinkAddress } from "../../event/state.ts";
import { clip } from "./bounds.ts";
import { bridge, bridgePort, ipsecId, ipvlan, tunnel, vlan } from "./link_kinds.ts";
import { int, number, some, str, text } from "./values.ts";

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
/** One link as `ip -j -d -s addr show` prints it. */
export type LinkRow = z.infer<typeof LinkRow>;

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

/** Rows of `Link`; `netnsids` tells which nsid a link's peer or lower device is behind. */
export function links(rows: readonly LinkRow[]): { rows: Link[]; netnsids: Map<number, number> } {
  const indexes = new Map(rows.map((row) => [row.ifname, row.ifindex]));
  const netnsids = new Map<number, number>();
  for (const row of rows) {
    const nsid = netnsid(row);
    if (nsid !== undefined) netnsids.set(row.ifindex, nsid);
  }
  return { rows: rows.map((row) => link(row, indexes)), netnsids };
}

/** The nsid of a link; iproute2 prints -1 for a namespace that this one has no number for. */
function netnsid(row: LinkRow): number | undefined {
  return row.link_netnsid !== undefined && row.link_netnsid >= 0 ? row.link_netnsid : undefined;
}

function link(row: LinkRow, indexes: ReadonlyMap<string, number>): Link {
  return {
    ifindex: row.ifindex,
    name: clip(row.ifname, 255),
    kind: kindOf(row),
    ...some("mac", row.address === undefined ? undefined : clip(row.address, 32)),
    mtu: row.mtu ?? 0,
    flags: row.flags ?? [],
    operstate: row.operstate ?? "UNKNOWN",
    ...some("masterIfindex", row.master === undefined ? undefined : indexes.get(row.master)),
    ...some("peerIfindex", peerIfindex(row, indexes)),
    addresses: (row.addr_info ?? []).flatMap(linkAddress),
    ...ofKind(row, indexes),
    ...some("xdp", xdpPrograms(row.xdp)),
    ...some("transmitQueueLength", row.txqlen),
    ...some("gsoMaxSize", row.gso_max_size),
    ...some("counters", row.stats64 && counters(row.stats64)),
  };
}

function kindOf(row: LinkRow): string {
  const kind = row.linkinfo?.info_kind;
  if (kind !== undefined) return clip(kind, 255);
  return row.link_type === "loopback" ? "loopback" : "physical";
}

/** Kinds that never are without a peer or a lower device. */
const ABOVE_ANOTHER = new Set(["veth", "macvlan", "macvtap", "ipvlan", "ipvtap", "vlan"]);

/**
 * Index of the lower device or peer, which in another namespace may be the device's own number. A
 * device that was moved to another namespace and has none names its own index there, too.
 */
function peerIfindex(row: LinkRow, indexes: ReadonlyMap<string, number>): number | undefined {
  const peer = row.link_index ?? indexes.get(row.link ?? "");
  return peer === row.ifindex && !ABOVE_ANOTHER.has(kindOf(row)) ? undefined : peer;
}

function ofKind(row: LinkRow, indexes: ReadonlyMap<string, number>): Partial<Link> {
  const kind = kindOf(row);
  const info = row.linkinfo;
  const data = info?.info_data ?? {};
  const isMacvlan = kind === "macvlan" || kind === "macvtap";
  return {
    ...some("tunnel", tunnel(kind, data, indexes, netnsid(row))),
    ...some("vlan", kind === "vlan" ? vlan(data) : undefined),
    ...some("bridge", kind === "bridge" ? bridge(data) : undefined),
    ...(info?.info_slave_kind === "bridge"
      ? { bridgePort: bridgePort(info.info_slave_data ?? {}) }
      : {}),
    ...some("bondPort", info?.info_slave_kind === "bond" ? bondPort(info) : undefined),
    ...some("macvlanMode", isMacvlan ? text(data.mode) : undefined),
    ...some("ipvlan", kind === "ipvlan" || kind === "ipvtap" ? ipvlan(data) : undefined),
    ...some("netkitPolicy", kind === "netkit" ? text(data.policy) : undefined),
    ...some("ipsecId", kind === "xfrm" ? ipsecId(data) : undefined),
    ...some("vrfTable", kind === "vrf" ? number(data.table) : undefined),
  };
}

function bondPort({ info_slave_data: data = {} }: NonNullable<LinkRow["linkinfo"]>) {
  const state = text(data.state);
  return state === undefined ? undefined : { state };
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

/** `xdp` of a link; absent when there is none. */
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

/** XDP programs of a link: a single one is in `prog`, several (one for each mode) in `attached`. */
function xdpPrograms(value: unknown): Link["xdp"] {
  const xdp = Xdp.safeParse(value).data;
  if (!xdp) return undefined;
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
