/** A flannel cluster: nodes at a switch that nobody watches, a vxlan device, a bridge with pods. */
import { macOf } from "../../../src/lab/address.ts";
import type { Namespace } from "../../../src/lab/namespace.ts";
import type { Topology } from "../../../src/lab/topology.ts";
import type { Place } from "../bench/case.ts";

/** How a cluster is laid out. */
export interface ClusterOptions {
  /** Of the pods' and services' addresses; 4 where absent. The underlay stays IPv4. */
  family?: 4 | 6;
  /** Numbers of the pods of each node, for example `{ 1: [2, 5], 2: [3] }`. */
  pods: Record<number, readonly number[]>;
  /** Start of the pods' addresses, for example "10.244" or "fd42:9". */
  podNet?: string;
  /** Start of the underlay's addresses; "192.168.60" where absent. */
  underlay?: string;
  /** Names of the nodes' devices. */
  devices?: { uplink: string; bridge: string; tunnel: string };
  /** Options of the tunnel's device, for example "udpcsum". */
  tunnelOptions?: string;
}

/** One node of a cluster. */
export interface ClusterNode {
  at: Namespace;
  /** Address in the underlay. */
  underlay: string;
  /** MAC of the tunnel's device. */
  vtepMac: string;
  /** Address of the tunnel's device, by which others route to this node's pods. */
  vtep: string;
  /** The pods' network. */
  cidr: string;
}

/** A cluster that was laid out. */
export interface Cluster extends Place {
  family: 4 | 6;
  /** The switch between the nodes. */
  switch: Namespace;
  node(number: number): ClusterNode;
  pod(node: number, number: number): Namespace;
  address(node: number, number: number): string;
  /** The pod's port at its node's bridge. */
  port(node: number, number: number): string;
  /** All pods, as a prefix. */
  podCidr: string;
  devices: { uplink: string; bridge: string; tunnel: string };
}

const TUNNEL_MTU = 1_450;

/** Lays out a cluster in an empty topology. Every node knows every other. */
export function cluster(topology: Topology, options: ClusterOptions): Cluster {
  const { family = 4, pods, underlay = "192.168.60", tunnelOptions = "" } = options;
  const six = family === 6;
  const podNet = options.podNet ?? (six ? "fd42:9" : "10.244");
  const devices = options.devices ?? { uplink: "eth0", bridge: "cni0", tunnel: "flannel.1" };
  const { uplink, bridge, tunnel } = devices;
  const address = (node: number, number: number | string) =>
    six ? `${podNet}:${node}::${number}` : `${podNet}.${node}.${number}`;
  const length = six ? 64 : 24;
  const numbers = Object.keys(pods).map(Number);
  const wire = topology.namespace("switch");
  const port = (node: number, number: number) => `veth${node}${number}`;
  const spaces = new Map<string, Namespace>();
  const nodes = new Map<number, ClusterNode>();
  for (const i of numbers) {
    const at = topology.namespace(`n${i}`, { ipv6: six, forwarding: true });
    topology.veth(at, uplink, wire, `p${i}`);
    at.sysctl({ "net.ipv4.conf.all.route_localnet": 1 });
    at.address(uplink, `${underlay}.1${i}/24`);
    const vtepMac = macOf(`n${i}`, tunnel);
    topology.create({
      netns: at.name,
      tool: "ip",
      line: `link add ${tunnel} netns ${at.name} address ${vtepMac} mtu ${TUNNEL_MTU} type vxlan ` +
        `id 1 local ${underlay}.1${i} dev ${uplink} dstport 8472 nolearning ${tunnelOptions}`,
    });
    at.up(tunnel);
    const vtep = address(i, six ? "fffe" : 0);
    at.address(tunnel, `${vtep}/${six ? 128 : 32}`);
    for (const j of pods[i]!) {
      const pod = topology.namespace(`n${i}p${j}`, { ipv6: six });
      spaces.set(`${i}.${j}`, pod);
      topology.veth(pod, "eth0", at, port(i, j), { mtu: TUNNEL_MTU });
      pod.address("eth0", `${address(i, j)}/${length}`);
      pod.route(`${six ? "::/0" : "default"} via ${address(i, 1)}`);
    }
    at.bridge(bridge, {
      ports: pods[i]!.map((j) => port(i, j)),
      addresses: [`${address(i, 1)}/${length}`],
      mtu: TUNNEL_MTU,
    });
    at.bridgeTool(...pods[i]!.map((j) => `link set dev ${port(i, j)} hairpin on`));
    at.sysctl({
      "net.bridge.bridge-nf-call-iptables": 1,
      "net.bridge.bridge-nf-call-ip6tables": 1,
    });
    const cidr = six ? `${podNet}:${i}::/64` : `${podNet}.${i}.0/24`;
    nodes.set(i, { at, underlay: `${underlay}.1${i}`, vtepMac, vtep, cidr });
  }
  wire.bridge("br0", { ports: numbers.map((i) => `p${i}`) });
  for (const [i, own] of nodes) {
    for (const [k, other] of nodes) {
      if (i === k) continue;
      own.at.neighbour(tunnel, other.vtep, other.vtepMac);
      own.at.bridgeTool(`fdb append ${other.vtepMac} dev ${tunnel} dst ${other.underlay}`);
      own.at.route(`${other.cidr} via ${other.vtep} dev ${tunnel} onlink`);
    }
  }
  const found = <T>(thing: T | undefined): T => {
    if (thing === undefined) throw new Error("Cannot find it in the cluster: it was not laid out");
    return thing;
  };
  return {
    family,
    switch: wire,
    nodes: Object.fromEntries(
      numbers.map((
        i,
      ) => [`n${i}`, [nodes.get(i)!.at, ...pods[i]!.map((j) => spaces.get(`${i}.${j}`)!)]]),
    ),
    node: (number) => found(nodes.get(number)),
    pod: (node, number) => found(spaces.get(`${node}.${number}`)),
    address,
    port,
    podCidr: six ? `${podNet}::/32` : `${podNet}.0.0/16`,
    devices,
  };
}
