/** How nodes reach one another's pods: by routes, or by a tunnel device each. */
import type { Builder } from "./build.ts";
import { addressOf, type Device, isSix, type Netns } from "./world.ts";

const cidrs = (i: number) => [`10.244.${i}.0/24`, `fd00:244:${i + 1}::/64`] as const;

export function joinByRoutes(builder: Builder, roots: Netns[], router: Netns | null): void {
  roots.forEach((root, i) => {
    roots.forEach((other, k) => {
      if (i === k) return;
      for (const cidr of cidrs(k)) addRoute(builder, root, cidr, other, router);
    });
  });
  if (!router) return;
  roots.forEach((root, i) => {
    for (const cidr of cidrs(i)) addRoute(builder, router, cidr, root, null);
  });
}

/** Directly when both are on one segment, else by the router. */
function addRoute(
  builder: Builder,
  from: Netns,
  cidr: string,
  to: Netns,
  router: Netns | null,
): void {
  const wires = new Map(from.devices.filter((d) => d.wire).map((d) => [d.wire!, d]));
  for (const via of [to, ...(router ? [router] : [])]) {
    const port = via.devices.find((device) => device.wire && wires.has(device.wire));
    if (!port) continue;
    const gateway = port.addresses.find((own) => isSix(own.address) === isSix(cidr))!;
    builder.route(from, cidr, wires.get(port.wire!)!, gateway.address);
    return;
  }
}

/** One tunnel device per node in its root namespace, all in one overlay. */
export function joinByOverlay(builder: Builder, roots: Netns[]): void {
  const kind = builder.shape.overlay as "vxlan" | "geneve";
  const devices = roots.map((root, i) => {
    const device = builder.device(root, kind === "vxlan" ? "flannel.1" : "genev_sys", kind, [
      `10.244.${i}.0/32`,
      `fd00:244:${i + 1}::/128`,
    ]);
    device.tunnel = {
      kind,
      id: 1,
      local: addressOf(root, false),
      port: kind === "vxlan" ? 8472 : 6081,
      underlay: root,
      fdb: new Map(),
    };
    return device;
  });
  devices.forEach((device, i) => {
    devices.forEach((other, k) => {
      if (i !== k) joinTo(builder, device, other, k);
    });
  });
}

function joinTo(builder: Builder, device: Device, other: Device, k: number): void {
  device.tunnel!.fdb.set(other.mac, other.tunnel!.local);
  cidrs(k).forEach((cidr, n) => {
    const gateway = other.addresses[n]!.address;
    builder.route(device.netns, cidr, device, gateway);
    builder.neighbour(device.netns, gateway, device, other.mac);
  });
}

/** Namespaces with a tunnel device of their own whose outer packets are in the node's namespace. */
export function addCrossTunnels(builder: Builder, roots: Netns[]): Netns[] {
  const members = roots.map((root, i) => {
    const netns = builder.netns(root.node, `xns${i}`);
    const device = builder.device(netns, "vx0", "vxlan", [
      `10.99.0.${i + 1}/24`,
      `fd00:99:1::${i + 1}/64`,
    ]);
    device.tunnel = {
      kind: "vxlan",
      id: 555_005,
      local: addressOf(root, false),
      port: 4789,
      underlay: root,
      fdb: new Map(),
    };
    return { netns, device };
  });
  for (const { netns, device } of members) {
    for (const other of members) {
      if (other.netns === netns) continue;
      device.tunnel!.fdb.set(other.device.mac, other.device.tunnel!.local);
      for (const own of other.device.addresses) {
        builder.neighbour(netns, own.address, device, other.device.mac);
      }
    }
  }
  return members.map(({ netns }) => netns);
}
