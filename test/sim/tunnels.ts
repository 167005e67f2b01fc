/** Tunnel devices: outer headers on, outer headers off. */
import type { Flight, Skb } from "./flight.ts";
import { receive } from "./input.ts";
import { lookUp, send } from "./output.ts";
import type { Device } from "./world.ts";

export function encapsulate(flight: Flight, device: Device, skb: Skb): void {
  const tunnel = device.tunnel!;
  const remote = tunnel.fdb.get(skb.destinationMac!);
  if (remote === undefined) {
    const by = `${tunnel.kind}_xmit`;
    return flight.dropped(skb, device, by, "NO_TX_TARGET", ["tunnel-no-endpoint"]);
  }
  delete skb.connection;
  // The data may have to move to make room; the skb stays.
  if (flight.sim.random.chance(0.7)) {
    skb.head.freed = flight.now;
    skb.head = flight.allocate(device.netns);
  }
  skb.outer = {
    tunnelKind: tunnel.kind as "vxlan" | "geneve",
    tunnelId: tunnel.id,
    tunnelSource: tunnel.local,
    tunnelDestination: remote,
    tunnelSourcePort: 32_768 + (flight.packet.flow.id * 7919) % 28_000,
    tunnelDestinationPort: tunnel.port,
    tunnelIpId: flight.sim.outerId++ & 65_535,
    tunnelTtl: 64,
    innerSourceMac: skb.sourceMac!,
    innerDestinationMac: skb.destinationMac!,
  };
  const route = lookUp(tunnel.underlay, remote);
  if (!route?.device) {
    delete skb.outer;
    const codes = ["tunnel-endpoint-unreachable", "no-route"] as const;
    return flight.dropped(skb, device, `${tunnel.kind}_xmit`, "NOT_SPECIFIED", [...codes]);
  }
  send(flight, tunnel.underlay, skb, route);
}

export function decapsulate(flight: Flight, device: Device, skb: Skb): void {
  const outer = skb.outer!;
  const candidates = device.netns.node.netns.flatMap((netns) => netns.devices)
    .filter(({ tunnel }) =>
      tunnel?.underlay === device.netns && tunnel.port === outer.tunnelDestinationPort
    );
  if (candidates.length === 0) {
    return flight.dropped(skb, device, "__udp4_lib_rcv", "NO_SOCKET", ["tunnel-blocked"]);
  }
  const to = candidates.find(({ tunnel }) => tunnel!.id === outer.tunnelId);
  if (!to) {
    const [by, reason] = outer.tunnelKind === "vxlan"
      ? ["vxlan_rcv", "VXLAN_VNI_NOT_FOUND"]
      : ["geneve_udp_encap_recv", "NOT_SPECIFIED"];
    return flight.dropped(skb, device, by, reason, ["tunnel-id-mismatch"]);
  }
  skb.sourceMac = outer.innerSourceMac;
  skb.destinationMac = outer.innerDestinationMac;
  delete skb.outer;
  receive(flight, to, skb);
}
