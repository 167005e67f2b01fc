/** The receiving half of a simulated kernel: device, bridge, IP, forwarding. */
import { refuse } from "./errors.ts";
import { enterBridge } from "./bridge.ts";
import type { Flight, Skb } from "./flight.ts";
import { deliver } from "./local.ts";
import { struck } from "./mishap.ts";
import { translateDestination, translateTaken } from "./nat.ts";
import { lookUp, lookupFailed, send } from "./output.ts";
import { decapsulate } from "./tunnels.ts";
import { type Device, holds, type Netns } from "./world.ts";

/** A frame comes out of a device: what the packet was to the sender's stack is forgotten. */
export function receive(flight: Flight, device: Device, skb: Skb): void {
  delete skb.connection;
  skb.packetType = skb.destinationMac === device.mac ? "host" : "otherhost";
  receiveOn(flight, device, skb);
}

export function receiveOn(flight: Flight, device: Device, skb: Skb): void {
  flight.hop("device-rx", skb, device);
  const { sim, packet } = flight;
  const mishap = struck(sim.mishaps, "ingress", { device }, packet, skb);
  if (mishap) return flight.dropped(skb, device, mishap.function, mishap.reason, mishap.codes);
  if (device.master) return enterBridge(flight, device.master, device, skb);
  receivePacket(flight, device, skb);
}

function receivePacket(flight: Flight, device: Device, skb: Skb): void {
  const { netns } = device;
  const six = isOuterSix(skb);
  if (skb.packetType === "otherhost") {
    const by = six ? "ip6_rcv_core" : "ip_rcv_core";
    return flight.dropped(skb, device, by, "OTHERHOST", ["destination-mac-mismatch"]);
  }
  const mishap = struck(flight.sim.mishaps, "prerouting", { netns, device }, flight.packet, skb);
  if (mishap) return flight.dropped(skb, device, mishap.function, mishap.reason, mishap.codes);
  translateDestination(flight, netns, skb);
  const destination = skb.outer?.tunnelDestination ?? skb.fields.destination;
  if (!holds(netns, destination)) return forward(flight, device, skb, six);
  const refused = struck(flight.sim.mishaps, "input", { netns }, flight.packet, skb);
  if (refused) return flight.dropped(skb, device, refused.function, refused.reason, refused.codes);
  if (skb.outer) return decapsulate(flight, device, skb);
  translateTaken(flight, skb);
  deliver(flight, device, skb);
}

const isOuterSix = (skb: Skb) =>
  (skb.outer?.tunnelDestination ?? skb.fields.destination).includes(":");

function forward(flight: Flight, device: Device, skb: Skb, six: boolean): void {
  const { netns } = device;
  const destination = skb.outer?.tunnelDestination ?? skb.fields.destination;
  const route = lookUp(netns, destination);
  const tunnel = skb.outer ? ["tunnel-endpoint-unreachable"] as const : [];
  if (!netns.forwarding) {
    const by = six ? "ip6_forward" : "ip_error";
    const reason = six ? "NOT_SPECIFIED" : "IP_INADDRERRORS";
    return flight.dropped(skb, device, by, reason, ["ip-forwarding-disabled"]);
  }
  if (!route) {
    const by = six ? "ip6_pkt_drop" : "ip_error";
    lookupFailed(flight, netns, skb, { ifindex: device.ifindex });
    refuse(flight, netns, skb, "route");
    return flight.dropped(skb, device, by, "IP_INNOROUTES", ["no-route", ...tunnel]);
  }
  if (route.type === "blackhole") {
    const by = six ? "ip6_pkt_drop" : "dst_discard";
    const reason = six ? "IP_INNOROUTES" : "NOT_SPECIFIED";
    return flight.dropped(skb, device, by, reason, ["route-blackhole", ...tunnel]);
  }
  if (ttlOf(skb) <= 1) {
    const by = six ? "ip6_forward" : "ip_forward";
    refuse(flight, netns, skb, "ttl");
    return flight.dropped(skb, device, by, "IP_INHDR", ["ttl-exceeded"]);
  }
  const mishap = struck(flight.sim.mishaps, "forward", { netns }, flight.packet, skb);
  if (mishap) return flight.dropped(skb, device, mishap.function, mishap.reason, mishap.codes);
  age(skb);
  routeOn(flight, netns, skb, route);
}

const ttlOf = (skb: Skb) => skb.outer?.tunnelTtl ?? skb.fields.ttl;

function age(skb: Skb): void {
  if (skb.outer) skb.outer = { ...skb.outer, tunnelTtl: skb.outer.tunnelTtl - 1 };
  else skb.fields = { ...skb.fields, ttl: skb.fields.ttl - 1 };
}

function routeOn(
  flight: Flight,
  netns: Netns,
  skb: Skb,
  route: NonNullable<ReturnType<typeof lookUp>>,
): void {
  send(flight, netns, skb, route);
}
