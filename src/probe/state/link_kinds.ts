/** What a link's kind adds to it: tunnel settings, VLAN, bridge, bridge port. */
import { z } from "zod";
import type { Link, TunnelSettings } from "../../event/state.ts";
import { clip } from "./bounds.ts";
import { number, some, text } from "./values.ts";

type Data = Record<string, unknown>;

const flag = z.union([z.boolean(), z.number()]).optional();

const BridgeData = z.object({
  vlan_filtering: flag,
  stp_state: flag,
  nf_call_iptables: flag,
  nf_call_ip6tables: flag,
  mcast_snooping: flag,
});

const PortData = z.object({
  state: z.union([z.string(), z.number()]).optional(),
  isolated: flag,
  hairpin: flag,
  learning: flag,
  flood: flag,
  guard: flag,
  neigh_suppress: flag,
  mcast_flood: flag,
  bcast_flood: flag,
  locked: flag,
});
/** `BR_STATE_*` of if_bridge.h. */
const PORT_STATES = ["disabled", "listening", "learning", "forwarding", "blocking"];

/** `info_kind` of devices that wrap packets in packets. */
const TUNNELS = new Set([
  ...["vxlan", "geneve", "gre", "gretap", "ip6gre", "ip6gretap", "erspan", "ip6erspan"],
  ...["ipip", "sit", "ip6tnl", "vti", "vti6", "gtp", "bareudp"],
]);

/**
 * `netnsid` says that the outer packets are in another netns. iproute2 then looks up the lower
 * device's index in the wrong netns, so that the name it prints may be of any device: only the
 * index is kept.
 */
export function tunnel(
  kind: string,
  data: Data,
  indexes: ReadonlyMap<string, number>,
  netnsid: number | undefined,
): TunnelSettings | undefined {
  if (!TUNNELS.has(kind)) return undefined;
  const external = data.external === true || data.external === null;
  const lower = text(data.link);
  const unnamed = /^if(\d+)$/.exec(lower ?? "")?.[1];
  const ifindex = indexes.get(lower ?? "") ?? (unnamed === undefined ? undefined : Number(unnamed));
  const address = (...keys: string[]) => keys.map((key) => text(data[key])).find(meaningful);
  return {
    ...some("id", external ? undefined : number(data.id) ?? keyOf(data.okey)),
    ...some("receivedId", external ? undefined : receivedId(data)),
    ...some("local", address("local", "local6")),
    ...some("remote", address("remote", "remote6", "group", "group6")),
    ...some("port", number(data.port)),
    ...some("learning", typeof data.learning === "boolean" ? data.learning : undefined),
    ...(external ? { external } : {}),
    ...some("options", optionsOf(data)),
    ...some("mode", text(data.proto)),
    ...some("encapLimit", number(data.encap_limit)),
    ...some("underlay", netnsid === undefined ? lower : undefined),
    ...some("underlayIfindex", ifindex),
  };
}

const OPTIONS = ["iseq", "oseq", "icsum", "ocsum", "gbp", "inner_proto_inherit"];

/** Present where they are on. */
function optionsOf(data: Data): string[] | undefined {
  const options = OPTIONS.filter((one) => one in data && data[one] !== false);
  return options.length > 0 ? options : undefined;
}

/** GRE with a key of its own for each direction takes what has the one, and sends what has the other. */
function receivedId(data: Data): number | undefined {
  const [received, sent] = [keyOf(data.ikey), keyOf(data.okey)];
  return received === sent ? undefined : received ?? 0;
}

/** A key of GRE, which is printed like an IPv4 address. */
function keyOf(key: unknown): number | undefined {
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

/** Id and protocol of a VLAN device, from its `info_data`. */
export function vlan(data: Data): Link["vlan"] {
  const id = number(data.id);
  return id === undefined ? undefined : { id, protocol: text(data.protocol) ?? "802.1Q" };
}

/** Mode of an ipvlan device, and which of the flags it has, each a key of its own in `info_data`. */
export function ipvlan(data: Data): Link["ipvlan"] {
  const mode = text(data.mode);
  const flag = ["private", "vepa", "bridge"].find((one) => one in data);
  return mode === undefined || flag === undefined ? undefined : { mode, flag };
}

/** The `if_id` of a device of IPsec, from its `info_data`: `ip` prints it as text, `0x2a`. */
export function ipsecId(data: Data): number | undefined {
  const id = number(data.if_id) ?? Number(text(data.if_id) ?? NaN);
  return Number.isSafeInteger(id) ? id : undefined;
}

/** Settings of a bridge, from its `info_data`; what it does not tell is off. */
export function bridge(data: Data): Link["bridge"] {
  const parsed = BridgeData.safeParse(data).data ?? {};
  return {
    vlanFiltering: Boolean(parsed.vlan_filtering),
    stp: Boolean(parsed.stp_state),
    ...some("nfCallIptables", boolean(parsed.nf_call_iptables)),
    ...some("nfCallIp6tables", boolean(parsed.nf_call_ip6tables)),
    ...some("multicastSnooping", boolean(parsed.mcast_snooping)),
  };
}

/**
 * State and flags of a port, from its `info_slave_data`. Learning and flooding are on where not
 * told.
 */
export function bridgePort(data: Data): Link["bridgePort"] {
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
    ...some("multicastFlood", boolean(parsed.mcast_flood)),
    ...some("broadcastFlood", boolean(parsed.bcast_flood)),
    ...(parsed.locked ? { locked: true } : {}),
  };
}

function boolean(value: boolean | number | undefined): boolean | undefined {
  return value === undefined ? undefined : Boolean(value);
}
