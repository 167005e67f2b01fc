/**
 * The state of one network namespace of a node, as its own tools print it at one moment: what a
 * cause is proven with. One snapshot is one `state` line. Everything in it is text from outside.
 */
import { z } from "zod";

const name = z.string().max(255);
const text = z.string().max(4000);
const address = z.string().max(64);
const int = z.number().int();
const mac = z.string().max(32);

export const LinkAddress = z.object({
  address,
  prefix: int,
  scope: name.optional(),
  /** `tentative`, `dadfailed`, `deprecated` … */
  flags: z.array(name).optional(),
});

/** Settings of a tunnel device: vxlan, geneve, ipip, gre, gretap, sit, ip6tnl … */
export const TunnelSettings = z.object({
  /** VNI or key. Absent for a device that takes it from metadata. */
  id: int.optional(),
  local: address.optional(),
  remote: address.optional(),
  port: int.optional(),
  learning: z.boolean().optional(),
  /** Collect-metadata mode: id and destination come with each packet. */
  external: z.boolean().optional(),
  /** Underlay device it is bound to, and whether it lives in another netns (x-netns tunnel). */
  underlay: name.optional(),
  underlayIfindex: int.optional(),
  /** Inode of the netns its outer packets are in, when that is another one (x-netns tunnel). */
  underlayNetns: int.optional(),
});

export const BridgePort = z.object({
  /** `disabled`, `listening`, `learning`, `forwarding`, `blocking`. */
  state: name,
  isolated: z.boolean(),
  hairpin: z.boolean(),
  learning: z.boolean(),
  unicastFlood: z.boolean(),
  guard: z.boolean().optional(),
  neighbourSuppress: z.boolean().optional(),
});

export const Link = z.object({
  ifindex: int,
  name,
  /** `veth`, `bridge`, `vxlan`, `macvlan`, `vlan`, `loopback`, `dummy` …; `physical` when none. */
  kind: name,
  mac: mac.optional(),
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
  }).optional(),
  bridgePort: BridgePort.optional(),
  /** VLANs allowed on a bridge port, or on the bridge itself. */
  vlans: z.array(z.object({
    id: int,
    idEnd: int.optional(),
    pvid: z.boolean().optional(),
    untagged: z.boolean().optional(),
  })).optional(),
  macvlanMode: name.optional(),
  /** Of a `vrf`: the table its ports are routed by, where the action of a rule is `l3mdev`. */
  vrfTable: int.optional(),
  /** Ids of XDP programs on the device; empty when none. */
  xdp: z.array(z.object({ id: int.optional(), mode: name.optional(), name: name.optional() }))
    .optional(),
  transmitQueueLength: int.optional(),
  gsoMaxSize: int.optional(),
  /** Device counters by `ip -s` name: rx_dropped, tx_dropped, rx_errors … */
  counters: z.record(name, int).optional(),
});

export const Route = z.object({
  family: z.union([z.literal(4), z.literal(6)]),
  table: int,
  /** `unicast`, `local`, `broadcast`, `blackhole`, `unreachable`, `prohibit`, `throw` … */
  type: name,
  /** Prefix with length: `10.0.0.0/8`, `0.0.0.0/0`, `::/0`. */
  destination: z.string().max(80),
  gateway: address.optional(),
  device: name.optional(),
  /** Several ways, when it is a multipath route. */
  nexthops: z.array(z.object({ gateway: address.optional(), device: name.optional() })).optional(),
  source: address.optional(),
  metric: int.optional(),
  mtu: int.optional(),
  /** `onlink`, `linkdown`, `dead` … */
  flags: z.array(name).optional(),
});

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
});

export const Neighbour = z.object({
  address,
  device: name,
  mac: mac.optional(),
  /** `REACHABLE`, `STALE`, `FAILED`, `INCOMPLETE`, `PERMANENT`, `NOARP` … */
  states: z.array(name),
  proxy: z.boolean().optional(),
});

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

export const Qdisc = z.object({
  device: name,
  kind: name,
  handle: name,
  parent: name.optional(),
  drops: int,
  overlimits: int.optional(),
  backlogPackets: int.optional(),
  limit: int.optional(),
  /** As `tc qdisc show` prints it. */
  text,
});

export const TrafficControlFilter = z.object({
  device: name,
  /** `ingress`, `egress` (clsact), or the parent handle. */
  where: name,
  /** `bpf`, `u32`, `flower`, `matchall`, `basic` … */
  kind: name,
  preference: int.optional(),
  protocol: name.optional(),
  handle: name.optional(),
  /** As `tc filter show` prints it, on one line. */
  text,
  actions: z.array(z.object({
    kind: name,
    /** gact and the control of others: `drop`, `pass`, `stolen`, `pipe` … */
    control: name.optional(),
    /** mirred: `redirect` or `mirror`, direction, and device. */
    mirred: z.object({ action: name, direction: name, device: name }).optional(),
    packets: int.optional(),
    drops: int.optional(),
  })),
});

/** A chain hooked into the stack, or a plain one that others jump to. */
export const NetfilterChain = z.object({
  /** `ip`, `ip6`, `inet`, `bridge`, `arp`, `netdev`. */
  family: name,
  table: name,
  name,
  type: name.optional(),
  hook: name.optional(),
  priority: int.optional(),
  /** Device of a `netdev` chain. */
  device: name.optional(),
  policy: name.optional(),
});

export const NetfilterRule = z.object({
  family: name,
  table: name,
  chain: name,
  handle: int.optional(),
  /** From 1, inside its chain. */
  position: int,
  /** As the tool that made it prints it: nft syntax, or iptables-save syntax for `iptables`. */
  text,
  tool: z.enum(["nft", "iptables", "iptables-legacy"]),
  packets: int.optional(),
  bytes: int.optional(),
  comment: z.string().max(300).optional(),
  /** nft's own JSON expressions (`nft -j list ruleset`), for evaluation against a packet. */
  expressions: z.array(z.unknown()).optional(),
});

export const NetfilterSet = z.object({
  family: name,
  table: name,
  name,
  /** Elements as nft's JSON gives them; maps as [key, value] pairs. Bounded by the probe. */
  elements: z.array(z.unknown()),
  map: z.boolean(),
  truncated: z.boolean().optional(),
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
  receiveQueue: int.optional(),
  /** Listeners: the backlog's limit. */
  sendQueue: int.optional(),
  /** An IPv6 socket that takes no IPv4; absent or false: `::` takes both. */
  ipv6Only: z.boolean().optional(),
  /** Bytes of packets it may hold, and how many packets it dropped for want of room. */
  receiveBuffer: int.optional(),
  drops: int.optional(),
});

export const NetnsState = z.object({
  kind: z.literal("state"),
  /** CLOCK_MONOTONIC of the node when reading began, as decimal text. */
  timeNs: z.string().regex(/^\d{1,20}$/),
  /** Inode of the netns. */
  netns: int,
  /** Name where one exists (`ip netns`), else absent. */
  name: name.optional(),
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
  conntrack: z.object({ count: int, max: int }).optional(),
  /** `ip xfrm policy` and `state`, a line each, keys left out. */
  xfrm: z.array(text).max(5_000),
  /** What could not be read, and why: missing state is a gap, not an empty table. */
  gaps: z.array(z.object({ what: name, why: z.string().max(500) })),
});

export type LinkAddress = z.infer<typeof LinkAddress>;
export type TunnelSettings = z.infer<typeof TunnelSettings>;
export type BridgePort = z.infer<typeof BridgePort>;
export type Link = z.infer<typeof Link>;
export type Route = z.infer<typeof Route>;
export type RoutingRule = z.infer<typeof RoutingRule>;
export type Neighbour = z.infer<typeof Neighbour>;
export type FdbEntry = z.infer<typeof FdbEntry>;
export type Qdisc = z.infer<typeof Qdisc>;
export type TrafficControlFilter = z.infer<typeof TrafficControlFilter>;
export type NetfilterChain = z.infer<typeof NetfilterChain>;
export type NetfilterRule = z.infer<typeof NetfilterRule>;
export type NetfilterSet = z.infer<typeof NetfilterSet>;
export type Socket = z.infer<typeof Socket>;
export type NetnsState = z.infer<typeof NetnsState>;

/** One in which nothing was found, but for `some`. `timeNs` is decimal text. */
export function emptyState(netns: number, timeNs: string, some: Partial<NetnsState> = {}) {
  const tables = { links: [], routes: [], rules: [], neighbours: [], fdb: [], sysctls: {} };
  const filters = { qdiscs: [], filters: [], chains: [], netfilter: [], sets: [] };
  const rest = { sockets: [], xfrm: [], gaps: [] };
  const none: NetnsState = { kind: "state", timeNs, netns, ...tables, ...filters, ...rest };
  return { ...none, ...some };
}
