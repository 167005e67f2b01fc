/** Pods on two nodes, joined by vxlan over an underlay that nobody watches. */
import { macOf } from "../../../src/lab/address.ts";
import type { Namespace } from "../../../src/lab/namespace.ts";
import type { Net } from "../bench/draw.ts";
import { DUAL, type Host, ROUTER, type Site, type World } from "./world.ts";

/**
 * How a node finds the other: `routed` as flannel does (a route, an entry for the other's VTEP),
 * `bridged` with the vxlan device as a port (static entries), `learning` (a default remote, the
 * rest learned), `external` (the route carries the tunnel's id and remote).
 */
export type OverlayMode = "routed" | "bridged" | "learning" | "external";

export interface OverlayOptions {
  mode?: OverlayMode;
  /** The underlay is IPv6. */
  six?: boolean;
  /** A third node, of which the first two know nothing. */
  third?: boolean;
}

export interface OverlayNode {
  at: Namespace;
  name: string;
  underlay: string;
  uplink: string;
  vtep: string;
  vtepMac: string;
  podNet: Net;
  bridge: string;
  /** The pod's port on the bridge. */
  port: string;
  pod: Host;
}

export interface Overlay extends World {
  a: OverlayNode;
  b: OverlayNode;
  c?: OverlayNode;
  vx: string;
  vni: number;
  port: number;
  switch: Namespace;
  /** An address of the underlay that nobody has. */
  nobody: string;
  mode: OverlayMode;
}

interface Plan {
  site: Site;
  mode: OverlayMode;
  six: boolean;
  net: Net;
  shared: Net | undefined;
  vx: string;
  vni: number;
  port: number;
  uplink: string;
}

export function overlay(options: OverlayOptions = {}) {
  return (site: Site): Overlay => {
    const { topology, draw } = site;
    const mode = options.mode ?? "routed";
    const isFlat = mode === "bridged" || mode === "learning";
    const plan: Plan = {
      site,
      mode,
      six: options.six ?? false,
      net: draw.net(),
      shared: isFlat ? draw.net() : undefined,
      vx: draw.pick(["flannel.1", "vxlan.calico", "vxlan0", "cilium_vxlan"]),
      vni: draw.between(1, 1 << 23),
      port: draw.pick([4789, 8472]),
      uplink: draw.uplink(),
    };
    const switchboard = topology.namespace("switch");
    const names = options.third ? ["a", "b", "c"] as const : ["a", "b"] as const;
    const parts = names.map((name, i) => layNode(plan, name, i));
    const ports = parts.map(({ at }, i) => {
      topology.veth(at, plan.uplink, switchboard, `p${i}`);
      return `p${i}`;
    });
    switchboard.bridge("fabric", { ports });
    parts.forEach((part, i) => finish(plan, part, i));
    const [a, b, c] = parts as [OverlayNode, OverlayNode, OverlayNode | undefined];
    meet(plan, a, b);
    meet(plan, b, a);
    return {
      topology,
      draw,
      nodes: Object.fromEntries(parts.map((part) => [part.name, [part.at, part.pod.at]])),
      client: a.pod,
      server: b.pod,
      a,
      b,
      c,
      vx: plan.vx,
      vni: plan.vni,
      port: plan.port,
      switch: switchboard,
      nobody: plan.six ? plan.net.ip6(222) : plan.net.ip(222),
      mode,
    };
  };
}

/** Namespaces, cables and devices; addresses come when all devices are written down. */
function layNode({ site, shared, uplink, net, vx, six }: Plan, name: string, i: number) {
  const { topology, draw } = site;
  const at = topology.namespace(name, ROUTER);
  const podAt = topology.namespace(`pod-${name}`, DUAL);
  const podNet = shared ?? draw.net();
  const bridge = draw.pick(["cni0", "br0", "cbr0"]);
  const port = draw.device();
  const number = shared ? 10 + i : draw.between(2, 200);
  topology.veth(podAt, "eth0", at, port, { mtu: six ? 1430 : 1450 });
  const pod: Host = {
    at: podAt,
    node: name,
    device: "eth0",
    mac: macOf(podAt.role, "eth0"),
    four: podNet.ip(number),
    six: podNet.ip6(number),
  };
  const underlay = six ? net.ip6(10 + i) : net.ip(10 + i);
  const vtep = podNet.ip(254);
  return { at, name, underlay, uplink, vtep, vtepMac: macOf(name, vx), podNet, bridge, port, pod };
}

function finish(plan: Plan, node: OverlayNode, i: number): void {
  const { mode, net, vx, vni, port, six, shared, uplink } = plan;
  const { at, pod, podNet } = node;
  const mtu = six ? 1430 : 1450;
  const first = node.name === "a";
  if (mode === "external") {
    at.topology.create({
      netns: at.name,
      tool: "ip",
      line: `link add ${vx} netns ${at.name} address ${node.vtepMac} mtu ${mtu} ` +
        `type vxlan external dstport ${port}`,
    });
    at.up(vx);
  } else {
    const other = net.ip(first ? 11 : 10);
    const other6 = net.ip6(first ? 11 : 10);
    at.vxlan(vx, {
      id: vni,
      port,
      mtu,
      local: node.underlay,
      dev: mode === "routed" ? uplink : undefined,
      learning: mode === "learning",
      remote: mode === "learning" ? (six ? other6 : other) : undefined,
      mac: node.vtepMac,
    });
  }
  at.address(uplink, ...(six ? [`${net.ip6(10 + i)}/64`] : [`${net.ip(10 + i)}/24`]));
  at.bridge(node.bridge, {
    ports: shared ? [node.port, vx] : [node.port],
    addresses: shared ? [] : podNet.both(1),
    mtu,
  });
  const six6 = `${pod.six}/64`;
  pod.at.address("eth0", `${pod.four}/24`, six6);
  if (shared) return;
  pod.at.route(`default via ${podNet.ip(1)}`, `::/0 via ${podNet.ip6(1)}`);
  at.address(vx, `${node.vtep}/32`);
}

/** What one node knows of the other. */
function meet({ mode, vx, vni, six }: Plan, own: OverlayNode, other: OverlayNode): void {
  const { at } = own;
  if (mode === "learning") return;
  if (mode === "bridged") {
    at.bridgeTool(
      `fdb append 00:00:00:00:00:00 dev ${vx} dst ${other.underlay}`,
      `fdb add ${other.pod.mac} dev ${vx} dst ${other.underlay} self static`,
    );
    return;
  }
  at.neighbour(vx, other.vtep, other.vtepMac);
  if (mode === "routed") {
    at.bridgeTool(`fdb add ${other.vtepMac} dev ${vx} dst ${other.underlay} self permanent`);
    at.route(`${other.podNet.cidr} via ${other.vtep} dev ${vx} onlink`);
    return;
  }
  const encap = six ? "ip6" : "ip";
  at.route(
    `${other.podNet.cidr} encap ${encap} id ${vni} dst ${other.underlay} ` +
      `via ${other.vtep} dev ${vx} onlink`,
  );
}
