/** The node state that a probe would have read of the simulated network. */
import type { NetnsState } from "../../src/event/state.ts";
import { type Device, isSix, macAt, type Netns } from "./world.ts";

export function stateOf(netns: Netns, at: number, unresolved: string): NetnsState {
  return {
    kind: "state",
    timeNs: String(netns.node.kernel.monotonicNs + BigInt(Math.round(at))),
    netns: netns.inode,
    name: netns.name,
    links: netns.devices.map(linkOf),
    routes: routesOf(netns),
    rules: [],
    neighbours: neighboursOf(netns, at, unresolved),
    fdb: fdbOf(netns),
    sysctls: sysctlsOf(netns),
    qdiscs: netns.devices.flatMap((device) => qdiscsOf(device, at)),
    filters: [],
    chains: [],
    netfilter: [],
    sets: [],
    sockets: [],
    xfrm: [],
    gaps: [{ what: "sockets", why: "not simulated" }],
  };
}

function linkOf(device: Device): NetnsState["links"][number] {
  const { netns, peer, tunnel, master } = device;
  return {
    ifindex: device.ifindex,
    name: device.name,
    kind: device.kind,
    mac: device.mac,
    mtu: 1500,
    flags: ["UP", "LOWER_UP"],
    operstate: "UP",
    addresses: device.addresses.map(({ address, prefix }) => ({ address, prefix })),
    ...(peer ? { peerIfindex: peer.ifindex } : {}),
    ...(peer && peer.netns !== netns ? { peerNetns: peer.netns.inode } : {}),
    ...(master ? { masterIfindex: master.ifindex, bridgePort: PORT } : {}),
    ...(device.kind === "bridge" ? { bridge: { vlanFiltering: false, stp: false } } : {}),
    ...(tunnel
      ? {
        tunnel: {
          id: tunnel.id,
          local: tunnel.local,
          port: tunnel.port,
          ...(tunnel.underlay === netns ? {} : { underlayNetns: tunnel.underlay.inode }),
        },
      }
      : {}),
  };
}

const PORT = {
  state: "forwarding",
  isolated: false,
  hairpin: false,
  learning: true,
  unicastFlood: true,
};

function routesOf(netns: Netns): NetnsState["routes"] {
  const own = netns.devices.flatMap((device) =>
    device.addresses.map(({ address }) => ({
      family: isSix(address) ? 6 as const : 4 as const,
      table: 255,
      type: "local",
      destination: `${address}/${isSix(address) ? 128 : 32}`,
      device: device.name,
    }))
  );
  return [
    ...own,
    ...netns.routes.map((route) => ({
      family: isSix(route.destination) ? 6 as const : 4 as const,
      table: 254,
      type: route.type,
      destination: route.destination,
      ...(route.gateway ? { gateway: route.gateway } : {}),
      ...(route.device ? { device: route.device.name } : {}),
    })),
  ];
}

/** `unresolved`: what the kernel calls an address that nobody answers for, at that moment. */
function neighboursOf(netns: Netns, at: number, unresolved: string): NetnsState["neighbours"] {
  return [...netns.neighbours].map(([address, entry]) => ({
    address,
    device: entry.device.name,
    ...(entry.state === "FAILED" ? {} : { mac: macAt(entry, at) }),
    states: [entry.state === "FAILED" ? unresolved : entry.state],
  }));
}

function qdiscsOf({ name, shaper, holds }: Device, at: number): NetnsState["qdiscs"] {
  const held = holds
    ? [{ device: name, kind: "netem", handle: "2:", drops: 0, text: "qdisc netem 2: delay 330ms" }]
    : [];
  if (!shaper) return held;
  const drops = shaper.dropsAt.filter((moment) => moment <= at).length;
  const { bitsPerSecond, limit } = shaper;
  const text = `qdisc htb 1: root refcnt 2 r2q 10 default 0x1 direct_qlen ${limit} ` +
    `rate ${bitsPerSecond}bit`;
  return [...held, { device: name, kind: "htb", handle: "1:", drops, limit, text }];
}

function fdbOf(netns: Netns): NetnsState["fdb"] {
  return netns.devices.flatMap((device) =>
    [...device.tunnel?.fdb ?? []].map(([mac, destination]) => ({
      device: device.name,
      mac,
      destination,
      flags: ["self", "permanent"],
    }))
  );
}

function sysctlsOf(netns: Netns): Record<string, string> {
  const value = netns.forwarding ? "1" : "0";
  const sysctls: Record<string, string> = {
    "net.ipv4.ip_forward": value,
    "net.ipv4.conf.all.forwarding": value,
    "net.ipv6.conf.all.forwarding": value,
    "net.ipv4.conf.all.rp_filter": "0",
  };
  for (const { name } of netns.devices) {
    sysctls[`net.ipv4.conf.${name}.forwarding`] = value;
    sysctls[`net.ipv6.conf.${name}.forwarding`] = value;
    sysctls[`net.ipv4.conf.${name}.rp_filter`] = "0";
  }
  return sysctls;
}
