/** Random networks: nodes on wires, perhaps a router between, pods, overlays, services. */
import { attachPods } from "./build_pods.ts";
import { addCrossTunnels, joinByOverlay, joinByRoutes } from "./build_overlay.ts";
import type { Random } from "./random.ts";
import { addressOf, type Device, type Kernel, type Netns, type Node, type World } from "./world.ts";

export interface Shape {
  nodes: number;
  pods: "routed" | "bridge" | "none";
  podsPerNode: number;
  overlay: "routes" | "vxlan" | "geneve";
  /** A router between two segments. */
  router: "none" | "probed" | "unprobed";
  /** A host without a probe on the last segment. */
  outside: boolean;
  masquerade: boolean;
  service: boolean;
  /** Pods whose tunnel device has its outer packets in the node's namespace. */
  crossTunnel: boolean;
  oneKernel: boolean;
  floods: boolean;
  taps: boolean;
  conntrack: boolean;
  reasons: boolean;
}

export function drawShape(random: Random): Shape {
  const pods = random.pick(["routed", "bridge", "routed", "bridge", "none"] as const);
  const nodes = pods === "none" ? random.between(2, 4) : random.between(1, 4);
  return {
    nodes,
    pods,
    podsPerNode: nodes === 1 ? 2 : random.between(1, 2),
    overlay: random.pick(["routes", "vxlan", "geneve"] as const),
    router: nodes > 1 ? random.pick(["none", "none", "probed", "unprobed"] as const) : "none",
    outside: random.chance(0.4),
    masquerade: random.chance(0.7),
    service: random.chance(0.5),
    crossTunnel: nodes > 1 && random.chance(0.25),
    oneKernel: random.chance(0.3),
    floods: random.chance(0.2),
    taps: random.chance(0.2),
    conntrack: random.chance(0.8),
    reasons: random.chance(0.9),
  };
}

export class Builder {
  readonly world: World = { nodes: [], wires: [], groups: [], services: [], oneKernel: false };
  #macs = 0;
  #inodes = 4_026_532_000;

  constructor(readonly shape: Shape, readonly random: Random) {
    this.world.oneKernel = shape.oneKernel;
  }

  #kernel(): Kernel {
    const { random, shape } = this;
    return {
      monotonicNs: BigInt(random.between(1, 900_000)) * 1_000_000_000n + BigInt(random.int(1e9)),
      wallMs: 1_790_000_000_000,
      conntrack: shape.conntrack,
      reasons: shape.reasons,
    };
  }

  node(name: string, probed: boolean): Node {
    const first = this.world.nodes[0];
    const kernel = this.world.oneKernel && first ? first.kernel : this.#kernel();
    const node: Node = { name, probed, kernel, netns: [] };
    this.world.nodes.push(node);
    return node;
  }

  netns(node: Node, name: string): Netns {
    const netns: Netns = {
      node,
      inode: this.#inodes += 71,
      name,
      devices: [],
      routes: [],
      forwarding: false,
      neighbours: new Map(),
      nat: [],
      connections: [],
      tapped: this.shape.taps && this.random.chance(0.3),
    };
    node.netns.push(netns);
    this.device(netns, "lo", "loopback", []);
    return netns;
  }

  device(netns: Netns, name: string, kind: Device["kind"], addresses: string[]): Device {
    const mac = this.#macs++;
    const hex = (value: number) => (value & 255).toString(16).padStart(2, "0");
    const device: Device = {
      netns,
      ifindex: netns.devices.length + 1,
      name,
      kind,
      mac: kind === "loopback" ? "00:00:00:00:00:00" : `02:50:00:00:${hex(mac >> 8)}:${hex(mac)}`,
      addresses: addresses.map((text) => {
        const [address, prefix] = text.split("/");
        return { address: address!, prefix: Number(prefix) };
      }),
    };
    netns.devices.push(device);
    for (const text of addresses) this.route(netns, networkOf(text), device);
    return device;
  }

  route(netns: Netns, destination: string, device: Device, gateway?: string): void {
    netns.routes.push({ destination, device, type: "unicast", ...(gateway ? { gateway } : {}) });
  }

  neighbour(netns: Netns, address: string, device: Device, mac: string): void {
    netns.neighbours.set(address, { mac, device, state: "REACHABLE" });
  }
}

/** Network of an address with its length; lengths are whole bytes or words here. */
function networkOf(text: string): string {
  const [address, length] = text.split("/");
  if (length === "32" || length === "128") return text;
  if (address!.includes(":")) return `${address!.split("::")[0]}::/${length}`;
  const keep = Number(length) / 8;
  const parts = address!.split(".").map((part, i) => i < keep ? part : "0");
  return `${parts.join(".")}/${length}`;
}

const underlay = (segment: number, host: number) => [
  `192.168.${50 + segment}.${host}/24`,
  `fd00:50:${segment + 1}::${host}/64`,
];

/** The whole network; every neighbour known, every route in place. */
export function build(shape: Shape, random: Random): World {
  const builder = new Builder(shape, random);
  const { world } = builder;
  const segments = shape.router === "none" ? 1 : 2;
  for (let s = 0; s < segments; s++) world.wires.push({ ports: [], floods: shape.floods });
  const roots: Netns[] = [];
  for (let i = 0; i < shape.nodes; i++) {
    const root = builder.netns(builder.node(`node${i}`, true), `root${i}`);
    plug(builder, root, "eth0", i % segments, 10 + i);
    root.forwarding = true;
    roots.push(root);
  }
  const router = shape.router === "none" ? null : addRouter(builder);
  const outside = shape.outside ? addOutside(builder, segments - 1) : null;
  const pods = attachPods(builder, roots);
  if (shape.overlay === "routes") joinByRoutes(builder, roots, router);
  else joinByOverlay(builder, roots);
  const cross = shape.crossTunnel ? addCrossTunnels(builder, roots) : [];
  if (router) routeBetweenSegments(builder, roots, outside);
  if (outside) reachOutside(builder, roots, outside, router);
  for (const wire of world.wires) resolveAll(builder, wire.ports);
  const hosts = [...pods, ...roots.filter(() => random.chance(0.5))];
  if (hosts.length < 2) hosts.push(...roots.filter((root) => !hosts.includes(root)));
  if (outside) hosts.push(outside);
  world.groups.push(hosts, ...(cross.length > 1 ? [cross] : []));
  if (shape.service && pods.length > 0) addService(builder, roots, pods);
  return world;
}

function plug(builder: Builder, netns: Netns, name: string, segment: number, host: number): void {
  const wire = builder.world.wires[segment]!;
  const device = builder.device(netns, name, "physical", underlay(segment, host));
  device.wire = wire;
  wire.ports.push(device);
}

function addRouter(builder: Builder): Netns {
  const router = builder.netns(builder.node("router", builder.shape.router === "probed"), "router");
  plug(builder, router, "eth0", 0, 1);
  plug(builder, router, "eth1", 1, 1);
  router.forwarding = true;
  return router;
}

function addOutside(builder: Builder, segment: number): Netns {
  const outside = builder.netns(builder.node("outside", false), "outside");
  plug(builder, outside, "eth0", segment, 200);
  return outside;
}

function routeBetweenSegments(
  builder: Builder,
  roots: Netns[],
  outside: Netns | null,
): void {
  for (const netns of [...roots, ...(outside ? [outside] : [])]) {
    const device = netns.devices.find((known) => known.wire)!;
    const here = builder.world.wires.indexOf(device.wire!);
    const there = 1 - here;
    builder.route(netns, `192.168.${50 + there}.0/24`, device, `192.168.${50 + here}.1`);
    builder.route(netns, `fd00:50:${there + 1}::/64`, device, `fd00:50:${here + 1}::1`);
  }
}

/** Answers come back by the node's address when it hides its pods, else by routes to them. */
function reachOutside(
  builder: Builder,
  roots: Netns[],
  outside: Netns,
  router: Netns | null,
): void {
  const device = outside.devices.find((known) => known.wire)!;
  roots.forEach((root, i) => {
    if (builder.shape.masquerade) {
      const out = root.devices.find((known) => known.wire)!;
      for (const own of out.addresses) {
        const six = own.address.includes(":");
        const match = six ? `fd00:244:${i + 1}::/64` : `10.244.${i}.0/24`;
        root.nat.push({ kind: "source", match, to: own.address });
      }
    } else {
      const near = root.devices.some((known) => known.wire === device.wire);
      const via = near ? root : router!;
      const gateway = (six: boolean) =>
        via.devices.find((known) => known.wire === device.wire)!.addresses
          .find((own) => own.address.includes(":") === six)!.address;
      builder.route(outside, `10.244.${i}.0/24`, device, gateway(false));
      builder.route(outside, `fd00:244:${i + 1}::/64`, device, gateway(true));
    }
  });
}

/** Everybody on a segment knows everybody's link address. */
export function resolveAll(builder: Builder, ports: Device[]): void {
  for (const from of ports) {
    for (const to of ports) {
      if (from === to) continue;
      for (const own of to.addresses) {
        builder.neighbour(from.netns, own.address, from, to.mac);
      }
    }
  }
}

function addService(builder: Builder, roots: Netns[], pods: Netns[]): void {
  const target = builder.random.pick(pods);
  for (const [address, six] of [["10.96.0.10", false], ["fd00:96::10", true]] as const) {
    for (const root of roots) {
      root.nat.push({ kind: "destination", match: address, to: addressOf(target, six) });
      // A service address needs a route to be asked for at all; NAT changes it before it is used.
      const device = root.devices.find((known) => known.wire)!;
      builder.route(root, `${address}/${six ? 128 : 32}`, device);
    }
    builder.world.services.push({ address, target });
  }
}
