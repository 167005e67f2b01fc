/** The network as it really is: what the probes see only in part. */
import type { TunnelKind } from "../../src/event/event.ts";
import type { TrueFlow } from "./truth.ts";

export interface Kernel {
  /** CLOCK_MONOTONIC and wall clock of this kernel when the simulation begins. */
  monotonicNs: bigint;
  wallMs: number;
  /** Whether conntrack's tuples can be read here. */
  conntrack: boolean;
  /** Kernels before 5.17 give no reasons. */
  reasons: boolean;
}

export interface Node {
  name: string;
  probed: boolean;
  kernel: Kernel;
  netns: Netns[];
}

export interface Route {
  destination: string;
  device?: Device;
  gateway?: string;
  type: "unicast" | "blackhole";
}

export interface Tuple {
  protocol: number;
  source: string;
  sourcePort: number;
  destination: string;
  destinationPort: number;
}

/** Rewrites the destination of what matches (a service), or the source of what leaves. */
export interface NatRule {
  kind: "destination" | "source";
  /** Destination address of a service, or prefix of the sources to hide. */
  match: string;
  to: string;
  toPort?: number;
}

export interface Connection {
  original: Tuple;
  /** The reverse of what `original` becomes. */
  reply: Tuple;
  status: number;
  /** Its first packet has left, or was delivered: no rule translates it any more. */
  confirmed?: boolean;
}

export interface Neighbour {
  mac: string;
  device: Device;
  state: "REACHABLE" | "FAILED";
  /** Another host answers for the address as well: whose answer is believed changes so often. */
  turns?: { mac: string; everyNs: number };
}

/** The link address that the entry has at a moment. */
export const macAt = ({ mac, turns }: Neighbour, at: number): string =>
  turns && Math.floor(at / turns.everyNs) % 2 === 1 ? turns.mac : mac;

export interface Netns {
  node: Node;
  inode: number;
  name: string;
  devices: Device[];
  routes: Route[];
  forwarding: boolean;
  neighbours: Map<string, Neighbour>;
  nat: NatRule[];
  connections: Connection[];
  /** Answers are not translated back, as when they are INVALID to conntrack. */
  forgets?: boolean;
  /** A packet socket looks at everything (tcpdump). */
  tapped: boolean;
}

export interface Tunnel {
  kind: TunnelKind;
  id: number;
  local: string;
  port: number;
  /** Netns of its outer packets. */
  underlay: Netns;
  /** Remote VTEP by inner MAC. */
  fdb: Map<string, string>;
}

export interface Device {
  netns: Netns;
  ifindex: number;
  name: string;
  kind: "veth" | "bridge" | "vxlan" | "geneve" | "physical" | "loopback";
  mac: string;
  addresses: { address: string; prefix: number }[];
  peer?: Device;
  wire?: Wire;
  master?: Device;
  /** Of a bridge: port by MAC, as learned. */
  fdb?: Map<string, Device>;
  tunnel?: Tunnel;
  shaper?: Shaper;
  /** A queue before it holds packets for a while of its own (`queues.ts`). */
  holds?: boolean;
}

/** A segment that no kernel of ours is part of. */
export interface Wire {
  ports: Device[];
  /** Everybody gets every frame, as on a bridge that has not learned. */
  floods: boolean;
}

export interface World {
  nodes: Node[];
  wires: Wire[];
  /** Netns whose programs talk to one another, by what reaches what. */
  groups: Netns[][];
  services: { address: string; target: Netns }[];
  /** Nodes are namespaces of one kernel: an skb lives on across the wire. */
  oneKernel: boolean;
}

/** A queue for each flow, as under htb: it keeps a rate, and has room for so many packets. */
export interface Shaper {
  bitsPerSecond: number;
  limit: number;
  lanes: Map<TrueFlow, Lane>;
  dropsAt: number[];
}

/** A flow's queue: when each of its packets leaves, and when the next one may. */
export interface Lane {
  leaves: number[];
  freeAt: number;
}

export const isSix = (address: string) => address.includes(":");

export function addressOf(netns: Netns, six: boolean): string {
  for (const device of netns.devices) {
    if (device.kind === "loopback") continue;
    for (const own of device.addresses) if (isSix(own.address) === six) return own.address;
  }
  throw new Error(`${netns.name} has no address of that family`);
}

/** A packet to it is for this netns; every netns has the whole of loopback. */
export function holds(netns: Netns, address: string): boolean {
  return netns.devices.some((device) => device.addresses.some((own) => own.address === address));
}
