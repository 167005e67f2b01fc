/**
 * The state of one network namespace of a node, as its own tools print it at one moment: what a
 * cause is proven with. One snapshot is one `state` line. Everything in it is text from outside.
 */
import { z } from "zod";
import {
  NetfilterChain,
  NetfilterRule,
  NetfilterSet,
  Qdisc,
  TrafficControlFilter,
} from "./state_filters.ts";
import { Connection } from "./state_connections.ts";
import { BridgePort, TunnelSettings } from "./state_links.ts";
import { Heard } from "./state_heard.ts";
import { VirtualService, WireguardPeer } from "./state_datapaths.ts";
import { OpenvSwitch } from "./state_openvswitch.ts";
import { NetnsHolder } from "./netns_holder.ts";
import { Copied } from "./state_pieces.ts";

export { NetfilterChain, NetfilterRule, NetfilterSet, Qdisc, TrafficControlFilter };
export { BridgePort, TunnelSettings, VirtualService, WireguardPeer };

const name = z.string().max(255);
const text = z.string().max(4000);
const address = z.string().max(64);
const int = z.number().int();
const mac = z.string().max(32);

/** An address of a device; `prefix` is its length in bits. */
export const LinkAddress = z.object({
  address,
  prefix: int,
  scope: name.optional(),
  /** `tentative`, `dadfailed`, `deprecated` … */
  flags: z.array(name).optional(),
});

/** A network device, from `ip -j -d -s addr show`. */
export const Link = z.object({
  ifindex: int,
  name,
  /** `veth`, `bridge`, `vxlan`, `macvlan`, `vlan`, `loopback`, `dummy` …; `physical` when none. */
  kind: name,
  mac: mac.optional(),
  /** Bytes. */
  mtu: int,
  /** `UP`, `LOWER_UP`, `NOARP`, `PROMISC` … */
  flags: z.array(name),
  operstate: name,
  /** Bridge or bond it is a port of. */
  masterIfindex: int.optional(),
  /** Lower device or veth peer. */
  peerIfindex: int.optional(),
  /** Inode of the netns the peer is in, when that is another one and it could be found out. */
  peerNetns: int.optional(),
  addresses: z.array(LinkAddress),
  tunnel: TunnelSettings.optional(),
  vlan: z.object({ id: int, protocol: name }).optional(),
  bridge: z.object({
    vlanFiltering: z.boolean(),
    stp: z.boolean(),
    nfCallIptables: z.boolean().optional(),
    nfCallIp6tables: z.boolean().optional(),
    /** It looks for who listens to which multicast group, and sends only there. */
    multicastSnooping: z.boolean().optional(),
  }).optional(),
  bridgePort: BridgePort.optional(),
  /** Of a port of a bond: `ACTIVE`, or `BACKUP`: it takes nothing for the host then. */
  bondPort: z.object({ state: name }).optional(),
  /** VLANs allowed on a bridge port, or on the bridge itself. */
  vlans: z.array(z.object({
    id: int,
    idEnd: int.optional(),
    pvid: z.boolean().optional(),
    untagged: z.boolean().optional(),
  })).optional(),
  macvlanMode: name.optional(),
  /** Of an `ipvlan`: `l2`, `l3`, `l3s`, and who hears whom: `bridge`, `private`, `vepa`. */
  ipvlan: z.object({ mode: name, flag: name }).optional(),
  /** Of a `netkit`: what is done with what no program decides: `forward`, `blackhole`. */
  netkitPolicy: name.optional(),
  /** Of an `xfrm` device: the `if_id` of the policies and states of IPsec that it sends by. */
  ipsecId: int.optional(),
  /** Of a `vrf`: the table its ports are routed by, where the action of a rule is `l3mdev`. */
  vrfTable: int.optional(),
  /** Ids of XDP programs on the device; empty when none. */
  xdp: z.array(z.object({ id: int.optional(), mode: name.optional(), name: name.optional() }))
    .optional(),
  /** Packets. */
  transmitQueueLength: int.optional(),
  /** Bytes. */
  gsoMaxSize: int.optional(),
  /** Device counters by `ip -s` name: rx_dropped, tx_dropped, rx_errors … */
  counters: z.record(name, int).optional(),
});

/** A route, from `ip -j -N route show table all`. */
export const Route = z.object({
  family: z.union([z.literal(4), z.literal(6)]),
  table: int,
  /** `unicast`, `local`, `broadcast`, `blackhole`, `unreachable`, `prohibit`, `throw` … */
  type: name,
  /** Prefix with length: `10.0.0.0/8`, `0.0.0.0/0`, `::/0`. */
  destination: z.string().max(80),
  gateway: address.optional(),
  device: name.optional(),
  /** Several ways, when it is a multipath route, each with flags of its own: `dead`, `linkdown` … */
  nexthops: z.array(z.object({
    gateway: address.optional(),
    device: name.optional(),
    flags: z.array(name).optional(),
  })).optional(),
  source: address.optional(),
  metric: int.optional(),
  /** Bytes. */
  mtu: int.optional(),
  /** `onlink`, `linkdown`, `dead` … */
  flags: z.array(name).optional(),
  /**
   * When its lifetime ends at the earliest, and a second later at the latest, unless that is prolonged; by the
   * node's clock. Of IPv6, what a router advertised.
   */
  expiresAtNs: z.string().regex(/^\d{1,20}$/).optional(),
});

/** A policy rule, from `ip -j -N rule show`. Lower priorities are asked first. */
export const RoutingRule = z.object({
  family: z.union([z.literal(4), z.literal(6)]),
  priority: int,
  source: z.string().max(80).optional(),
  destination: z.string().max(80).optional(),
  inputDevice: name.optional(),
  outputDevice: name.optional(),
  mark: z.string().max(40).optional(),
  protocol: name.optional(),
  sourcePort: name.optional(),
  destinationPort: name.optional(),
  /** `lookup`, `l3mdev`, `blackhole`, `unreachable`, `prohibit`, `goto`, `nop`. */
  action: name,
  table: int.optional(),
  inverted: z.boolean().optional(),
  /** Where `goto` goes: a priority. */
  target: int.optional(),
  /** `suppress_prefixlength`: routes no longer than that many bits do not count. */
  suppressPrefix: int.optional(),
  /** Further conditions, as words: `tos 0x10`, `uidrange 0-99`. */
  other: name.optional(),
});

/** A neighbour entry (ARP or neighbour discovery), from `ip -j neigh`. */
export const Neighbour = z.object({
  address,
  device: name,
  mac: mac.optional(),
  /** `REACHABLE`, `STALE`, `FAILED`, `INCOMPLETE`, `PERMANENT`, `NOARP` … */
  states: z.array(name),
  proxy: z.boolean().optional(),
});

/** An entry of a forwarding database, of a bridge or of a vxlan device, from `bridge -j fdb`. */
export const FdbEntry = z.object({
  device: name,
  mac,
  /** Remote VTEP of a vxlan device. */
  destination: address.optional(),
  port: int.optional(),
  vni: int.optional(),
  vlan: int.optional(),
  master: name.optional(),
  /** `self`, `master`, `extern_learn`, `offload` … and `permanent`, `static` …, as printed. */
  flags: z.array(name),
});

/** A listening or bound socket. */
export const Socket = z.object({
  protocol: z.enum(["tcp", "udp"]),
  family: z.union([z.literal(4), z.literal(6)]),
  /** `0.0.0.0`, `::` for any. */
  address,
  port: int,
  /** `LISTEN`, `UNCONN`, `ESTAB` … */
  state: name,
  device: name.optional(),
  /** Bytes not read yet; of a listener: connections not accepted yet. */
  receiveQueue: int.optional(),
  /** Bytes not acknowledged yet; of a listener: how many connections may wait. */
  sendQueue: int.optional(),
  /** An IPv6 socket that takes no IPv4; absent or false: `::` takes both. */
  ipv6Only: z.boolean().optional(),
  /** Bytes of packets it may hold, and how many packets it dropped for want of room. */
  receiveBuffer: int.optional(),
  drops: int.optional(),
});

/** Everything that was read of one network namespace at one moment. */
export const NetnsState = z.object({
  /** `state-difference`: told by what is other than in `base`; who does not know of it refuses it. */
  kind: z.enum(["state", "state-difference"]),
  /** `timeNs` of the state of this namespace, told whole by this probe, that it differs from. */
  base: z.string().regex(/^\d{1,20}$/).optional(),
  /** By table the rows of `base` it has, and where: its own rows are only those that `base` has not. */
  copied: Copied.optional(),
  /** CLOCK_MONOTONIC of the node when reading began, as decimal text. */
  timeNs: z.string().regex(/^\d{1,20}$/),
  /** The same clock when it was read. Absent in what older probes told. */
  untilNs: z.string().regex(/^\d{1,20}$/).optional(),
  /** Changes that the kernel told of since the reading before. Absent: none, or nobody listened. */
  heard: z.array(Heard).max(16).optional(),
  /**
   * Parts that were not read again, because the kernel told of no change since they were; counters of
   * rules that are kept so are left out. Absent: all was read.
   */
  kept: z.array(z.enum(["routes", "fdb", "netfilter"])).max(8).optional(),
  /** Inode of the netns. */
  netns: int,
  /** Name where one exists (`ip netns`), else absent. */
  name: name.optional(),
  /** The file by which it is entered, where it has a name that `ip netns` does not know. */
  file: text.optional(),
  /** Whose processes are in it. Absent: nobody's, the machine's own, or an older probe's state. */
  holder: NetnsHolder.optional(),
  /** By `timeNs` no file and no process leads to it any more; a later state is of another one. */
  ended: z.literal(true).optional(),
  links: z.array(Link).max(20_000),
  routes: z.array(Route).max(100_000),
  rules: z.array(RoutingRule).max(10_000),
  neighbours: z.array(Neighbour).max(100_000),
  fdb: z.array(FdbEntry).max(100_000),
  /** `net.ipv4.ip_forward` → "1", `net.ipv4.conf.eth0.rp_filter` → "2" … */
  sysctls: z.record(z.string().max(300), z.string().max(300)),
  qdiscs: z.array(Qdisc).max(20_000),
  filters: z.array(TrafficControlFilter).max(20_000),
  chains: z.array(NetfilterChain).max(20_000),
  netfilter: z.array(NetfilterRule).max(50_000),
  sets: z.array(NetfilterSet).max(5_000),
  sockets: z.array(Socket).max(50_000),
  /** Entries of conntrack's table, and how many it may have. */
  conntrack: z.object({ count: int, max: int }).optional(),
  /**
   * Connections of conntrack that the filter asks for, translated ones first. Absent: not read, as
   * by probes of before 2026-11-26; `gaps` says why where it was tried.
   */
  connections: z.array(Connection).max(1_000).optional(),
  /** Such connections that were read and found no room in `connections`. */
  connectionsLeftOut: int.optional(),
  /** Lines of `ip xfrm policy` and `state` without keys; `stat NAME NUMBER` of xfrm_stat, if not 0. */
  xfrm: z.array(text).max(5_000),
  /** Packets that protocols refused, by `nstat`'s names; absent: it gives reasons, or an older probe. */
  refused: z.record(name, int).optional(),
  /** Fragments that wait, bytes and how many may, of a family where that is too much. Absent: of none. */
  fragments: z.array(
    z.object({ family: z.union([z.literal(4), z.literal(6)]), bytes: int, limit: int }),
  )
    .max(2).optional(),
  /** Services of IPVS. Absent: the kernel has no IPVS, or a probe of before 2026-11-27 read it. */
  ipvs: z.array(VirtualService).max(20_000).optional(),
  /** Peers of wireguard devices. Absent: there is no such device, or they could not be read. */
  wireguard: z.array(WireguardPeer).max(20_000).optional(),
  /** Open vSwitch. Absent: no daemon is in the namespace, it did not answer, or an older probe. */
  openvswitch: OpenvSwitch.optional(),
  /** What could not be read, and why: missing state is a gap, not an empty table. */
  gaps: z.array(z.object({ what: name, why: z.string().max(500) })),
});

export type LinkAddress = z.infer<typeof LinkAddress>;
export type BridgePort = z.infer<typeof BridgePort>;
export type Link = z.infer<typeof Link>;
export type Route = z.infer<typeof Route>;
export type RoutingRule = z.infer<typeof RoutingRule>;
export type Neighbour = z.infer<typeof Neighbour>;
export type FdbEntry = z.infer<typeof FdbEntry>;
export type Socket = z.infer<typeof Socket>;
export type NetnsState = z.infer<typeof NetnsState>;

/** A state in which nothing was found but what `some` has. `netns` is the inode, `timeNs` text. */
export function emptyState(netns: number, timeNs: string, some: Partial<NetnsState> = {}) {
  const tables = { links: [], routes: [], rules: [], neighbours: [], fdb: [], sysctls: {} };
  const filters = { qdiscs: [], filters: [], chains: [], netfilter: [], sets: [] };
  const rest = { sockets: [], xfrm: [], gaps: [] };
  const none: NetnsState = { kind: "state", timeNs, netns, ...tables, ...filters, ...rest };
  return { ...none, ...some };
}
