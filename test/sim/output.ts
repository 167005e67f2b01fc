/** The sending half of a simulated kernel: route, neighbour, device, wire. */
import type { Flight, Skb } from "./flight.ts";
import { enterBridge } from "./bridge.ts";
import { receive } from "./input.ts";
import { struck } from "./mishap.ts";
import { translateDestination, translateSource } from "./nat.ts";
import { matchLength } from "./prefix.ts";
import { askInVain } from "./questions.ts";
import { passShaper, queueUp } from "./queues.ts";
import { encapsulate } from "./tunnels.ts";
import type { TruePacket } from "./truth.ts";
import { type Device, holds, macAt, type Netns, type Route } from "./world.ts";

export function lookUp(netns: Netns, destination: string): Route | null {
  let best: Route | null = null;
  let length = -1;
  for (const route of netns.routes) {
    const match = matchLength(route.destination, destination);
    if (match > length) [best, length] = [route, match];
  }
  return best;
}

/** A packet of a program's own. */
export function originate(flight: Flight, netns: Netns, skb: Skb): void {
  translateDestination(flight, netns, skb);
  const route = lookUp(netns, skb.fields.destination);
  // The program is told; there is no packet that could be followed.
  if (!route?.device || route.type === "blackhole") {
    lookupFailed(flight, netns, skb, {});
    flight.packet.unsent = true;
    return flight.free(skb);
  }
  send(flight, netns, skb, route);
}

/** No skb is asked for: the event is about the lookup. */
export function lookupFailed(flight: Flight, netns: Netns, skb: Skb, more: object): void {
  if (!flight.sim.extras.lookups || skb.outer || flight.packet.isError) return;
  const { network, protocol, source, destination, sourcePort, destinationPort } = skb.fields;
  const route = lookUp(netns, destination);
  const asked = { network, protocol, source, destination, sourcePort, destinationPort };
  const error = route?.type === "blackhole" ? 22 : network === "ip6" ? 101 : 113;
  flight.tell("route", netns, { ...asked, routeTable: 254, routeError: error, ...more });
}

/** At most this long from here to the driver. */
const TRANSMIT_NS = 45_000;

/** From the routing decision on. */
export function send(flight: Flight, netns: Netns, skb: Skb, route: Route): void {
  const device = route.device!;
  const hop = route.gateway ?? skb.outer?.tunnelDestination ?? skb.fields.destination;
  translateSource(flight, netns, skb, device);
  const neighbour = netns.neighbours.get(hop);
  if (!neighbour) throw new Error(`${netns.name} has no neighbour ${hop}`);
  if (neighbour.state === "FAILED") return wait(flight, skb, device, hop);
  const key = keyOf(netns, hop);
  const asking = flight.sim.asked.get(key);
  if (asking === undefined) {
    const from = flight.now;
    if (flight.sim.random.chance(0.5)) ask(flight, skb, device);
    flight.sim.asked.set(key, { from, to: flight.now + TRANSMIT_NS });
  } else if (flight.now >= asking.from && flight.now < asking.to) {
    // What comes while the kernel asks waits behind the first, and leaves in order.
    flight.now = asking.to;
    asking.to += TRANSMIT_NS;
  }
  skb.sourceMac = device.mac;
  const mac = skb.destinationMac = macAt(neighbour, flight.now);
  const taker = device.wire?.ports.find((port) => port.mac === mac);
  flight.packet.strayed ||= taker !== undefined && !holds(taker.netns, hop);
  const holders = device.wire?.ports.filter(({ netns }) => holds(netns, hop)) ?? [];
  flight.packet.contested ||= holders.length > 1;
  transmit(flight, device, skb);
}

const keyOf = ({ inode }: Netns, hop: string) => `${inode} ${hop}`;

/** The kernel frees a copy of the first packet when it asks for the next hop's address. */
function ask(flight: Flight, skb: Skb, device: Device): void {
  const { netns } = device;
  const copy = flight.clone(netns, { ...skb });
  copy.sourceMac = copy.destinationMac = undefined;
  flight.emit("consume", copy, netns, device, { function: "__neigh_event_send" });
  flight.free(copy, false);
  flight.pass(30_000, 300_000);
}

/** Nobody answers: asked three times, a second apart, then everything that waits for `hop` is freed. */
function wait(flight: Flight, skb: Skb, device: Device, hop: string): void {
  const key = keyOf(device.netns, hop);
  skb.sourceMac = skb.destinationMac = undefined;
  const asking = flight.sim.unanswered.get(key);
  const isAsked = asking !== undefined && flight.now >= asking.from && flight.now < asking.to;
  const from = flight.now;
  if (!isAsked) {
    if (flight.sim.random.chance(0.7)) ask(flight, skb, device);
    askInVain(flight, device, hop);
  }
  if (flight.sim.extras.lookups) {
    const neighbour = { ifindex: device.ifindex, device: device.name, network: "ip4" };
    flight.tell("neighbour", device.netns, { ...neighbour, neighbourState: "INCOMPLETE" });
  }
  const codes = skb.outer
    ? ["neighbour-unresolved", "tunnel-endpoint-unreachable"] as const
    : ["neighbour-unresolved"] as const;
  if (isAsked) flight.now = asking.to += FREED_NS;
  else {
    flight.pass(2_900_000_000, 3_100_000_000);
    flight.sim.unanswered.set(key, { from, to: flight.now });
  }
  if (flight.now > flight.sim.endAt) {
    flight.note(device, "device-tx");
    return flight.ended("waiting", device, [...codes]);
  }
  flight.dropped(skb, device, "neigh_invalidate", "NEIGH_FAILED", [...codes]);
}

/** From one packet that is freed to the next. */
const FREED_NS = 5_000;

export function transmit(flight: Flight, device: Device, skb: Skb): void {
  const mishap = struck(flight.sim.mishaps, "egress", { device }, flight.packet, skb);
  if (mishap) return flight.dropped(skb, device, mishap.function, mishap.reason, mishap.codes);
  if (!passShaper(flight, device, skb)) return;
  queueUp(flight, device);
  flight.hop("device-tx", skb, device);
  if (device.kind === "bridge") return enterBridge(flight, device, null, skb);
  if (device.tunnel) return encapsulate(flight, device, skb);
  if (device.peer) return receive(flight, device.peer, skb);
  if (device.wire) return cross(flight, device, skb);
  throw new Error(`${device.name} leads nowhere`);
}

/** What a frame for a link address that nobody has may be said to have died of. */
export const NOBODYS: TruePacket["codes"] = [
  ...["destination-mac-mismatch", "lost-between-nodes"] as const,
  ...["left-observed-network", "tunnel-endpoint-unreachable"] as const,
];

/** Over the wire, to whoever has the frame's address; everybody, where it floods. */
function cross(flight: Flight, device: Device, skb: Skb): void {
  const wire = device.wire!;
  const mishap = struck(flight.sim.mishaps, "wire", { wire }, flight.packet, skb);
  const to = wire.ports.find((port) => port !== device && port.mac === skb.destinationMac);
  flight.pass(20_000, 400_000);
  if (mishap) {
    flight.free(skb);
    if (to && !to.netns.node.probed) flight.packet.outside = true;
    // For nobody and lost at once: nobody can know which of the two it was.
    const codes = to ? mishap.codes : [...mishap.codes, "left-observed-network" as const];
    return flight.ended("lost", device, codes);
  }
  const others = wire.floods ? wire.ports.filter((port) => port !== device && port !== to) : [];
  for (const port of others) strange(flight, port, skb);
  if (!to) {
    flight.free(skb);
    return flight.ended(others.length > 0 ? "dropped" : "lost", others[0] ?? device, NOBODYS);
  }
  if (flight.sim.world.oneKernel) return receive(flight, to, skb);
  // The other node's driver makes skbs of its own; the sender's are freed without a word.
  flight.free(skb);
  flight.cpu = flight.sim.random.int(4);
  if (flight.sim.merging && !flight.packet.isError) {
    flight.sim.merging.push({ flight, skb, to });
    return;
  }
  for (const piece of piecesOf(flight, skb)) {
    const arrived = { ...flight.make(to.netns, piece), ...(skb.outer ? { outer: skb.outer } : {}) };
    arrived.sourceMac = skb.sourceMac;
    arrived.destinationMac = skb.destinationMac;
    receive(flight, to, arrived);
  }
}

/** What the device cuts a GSO packet into, when the receiver does not put it together again. */
function piecesOf(flight: Flight, skb: Skb): Skb["fields"][] {
  const { gsoSize, gsoSegments, ...rest } = skb.fields;
  const { random, extras } = flight.sim;
  if (!gsoSize || random.chance(0.4)) return [{ ...skb.fields }];
  flight.packet.resized = true;
  const header = rest.ipLength - rest.payload;
  const pieces: Skb["fields"][] = [];
  for (let i = 0; i < gsoSegments!;) {
    const segments = extras.merges ? Math.min(random.between(1, 3), gsoSegments! - i) : 1;
    const payload = Math.min(segments * gsoSize, rest.payload - i * gsoSize);
    pieces.push({
      ...rest,
      ...(rest.ipId === undefined ? {} : { ipId: (rest.ipId + i) & 65_535 }),
      ...(segments > 1 ? { gsoSize, gsoSegments: segments } : {}),
      tcpSequence: (rest.tcpSequence! + i * gsoSize) >>> 0,
      payload,
      ipLength: header + payload,
    });
    i += segments;
  }
  flight.pending += pieces.length - 1;
  return pieces;
}

/** A frame that came to a device it was not meant for. */
export function strange(flight: Flight, port: Device, skb: Skb): void {
  wander(flight, port, flight.clone(port.netns, { ...skb }));
}

/** One that is on its way as an skb of its own. */
export function wander(flight: Flight, port: Device, copy: Skb): void {
  copy.packetType = "otherhost";
  flight.packet.glimpsed ||= port.netns.node.probed;
  delete copy.connection;
  flight.emit("device-rx", copy, port.netns, port);
  const six = copy.fields.network === "ip6" && !copy.outer;
  const named = port.netns.node.kernel.reasons ? { reason: "OTHERHOST" } : {};
  flight.emit("drop", copy, port.netns, port, {
    function: six ? "ip6_rcv_core" : "ip_rcv_core",
    ...named,
  });
  flight.free(copy, false);
}
