/** Pods of a node: routed like Calico's, or ports of a bridge like Flannel's. */
import type { Builder } from "./build.ts";
import type { Device, Netns } from "./world.ts";

export function attachPods(builder: Builder, roots: Netns[]): Netns[] {
  const { shape } = builder;
  const pods: Netns[] = [];
  if (shape.pods === "none") return pods;
  roots.forEach((root, i) => {
    const bridge = shape.pods === "bridge" ? addBridge(builder, root, i) : null;
    for (let j = 0; j < shape.podsPerNode; j++) {
      const pod = builder.netns(root.node, `pod${i}${j}`);
      const addresses = [`10.244.${i}.${2 + j}`, `fd00:244:${i + 1}::${2 + j}`];
      if (bridge) bridgePod(builder, root, bridge, pod, addresses, j);
      else routePod(builder, root, pod, addresses, j);
      pods.push(pod);
    }
    if (bridge) closeBridge(builder, bridge);
  });
  return pods;
}

export function connect(a: Device, b: Device): void {
  a.peer = b;
  b.peer = a;
}

function addBridge(builder: Builder, root: Netns, i: number): Device {
  const bridge = builder.device(root, "cni0", "bridge", [
    `10.244.${i}.1/24`,
    `fd00:244:${i + 1}::1/64`,
  ]);
  bridge.fdb = new Map();
  return bridge;
}

function bridgePod(
  builder: Builder,
  root: Netns,
  bridge: Device,
  pod: Netns,
  [four, six]: string[],
  j: number,
): void {
  const port = builder.device(root, `veth${j}`, "veth", []);
  const eth = builder.device(pod, "eth0", "veth", [`${four}/24`, `${six}/64`]);
  connect(port, eth);
  port.master = bridge;
  // A bridge that has not learned an address floods.
  if (!builder.shape.floods) bridge.fdb!.set(eth.mac, port);
  const gateways = bridge.addresses.map((own) => own.address);
  builder.route(pod, "0.0.0.0/0", eth, gateways[0]!);
  builder.route(pod, "::/0", eth, gateways[1]!);
  for (const gateway of gateways) builder.neighbour(pod, gateway, eth, bridge.mac);
  for (const address of [four!, six!]) builder.neighbour(root, address, bridge, eth.mac);
}

/** Pods of one bridge reach one another directly. */
function closeBridge(builder: Builder, bridge: Device): void {
  const ports = bridge.netns.devices.filter((device) => device.master === bridge);
  for (const from of ports) {
    for (const to of ports) {
      if (from === to) continue;
      for (const own of to.peer!.addresses) {
        builder.neighbour(from.peer!.netns, own.address, from.peer!, to.peer!.mac);
      }
    }
  }
}

function routePod(
  builder: Builder,
  root: Netns,
  pod: Netns,
  [four, six]: string[],
  j: number,
): void {
  const host = builder.device(root, `cali${j}`, "veth", []);
  const eth = builder.device(pod, "eth0", "veth", [`${four}/32`, `${six}/128`]);
  connect(host, eth);
  for (const [address, length] of [[four!, 32], [six!, 128]] as const) {
    builder.route(root, `${address}/${length}`, host);
    builder.neighbour(root, address, host, eth.mac);
  }
  for (const [gateway, all] of [["169.254.1.1", "0.0.0.0/0"], ["fe80::1", "::/0"]] as const) {
    builder.route(pod, all, eth, gateway);
    builder.neighbour(pod, gateway, eth, host.mac);
  }
}
