/** Lines about no packet in particular to events: failed routing lookups, changes of neighbours. */
import type { Event } from "../../event/event.ts";
import { NEIGHBOUR, ROUTE, ROUTE6 } from "./lines.ts";
import { readIp4, readIp6, readMac, writeWord } from "./words.ts";

/** NUD states by number, as `ip neigh` names them. */
const NUD: Record<number, string> = {
  1: "INCOMPLETE",
  2: "REACHABLE",
  4: "STALE",
  8: "DELAY",
  16: "PROBE",
  32: "FAILED",
  64: "NOARP",
  128: "PERMANENT",
};

/**
 * A failed routing lookup. The namespace of a received packet is where it came in. Throws RangeError when
 * the line is cut.
 */
export function decodeRoute(fields: string[], received: Map<number, Event>): Event {
  const isIp6 = fields[ROUTE6.letter] === "P";
  const words = isIp6 ? 2 : 1;
  const { sourcePort, destinationPort, count } = isIp6 ? ROUTE6 : ROUTE;
  const destination = isIp6 ? ROUTE6.destination0 : ROUTE.destination0;
  if (fields.length < count) throw new RangeError("is cut");
  const event: Event = {
    kind: "route",
    timeNs: BigInt(fields[ROUTE.timeNs]!),
    cpu: Number(fields[ROUTE.cpu]),
    network: isIp6 ? "ip6" : "ip4",
    source: readAddress(fields, ROUTE.source0, words),
    destination: readAddress(fields, destination, words),
    routeTable: Number(fields[ROUTE.table]),
    routeError: Math.abs(Number(fields[ROUTE.error])) & 0xfff,
  };
  const protocol = Number(fields[ROUTE.protocol]);
  if (protocol !== 0) event.protocol = protocol;
  if (fields[sourcePort] !== "0") event.sourcePort = Number(fields[sourcePort]);
  if (fields[destinationPort] !== "0") event.destinationPort = Number(fields[destinationPort]);
  placeRoute(event, Number(fields[ROUTE.netns]), Number(fields[ROUTE.iif]), received);
  return event;
}

/** What is received is looked up at once and on the same processor. */
const LOOKUP_NS = 1_000_000n;

/**
 * And answered soon: the first ICMP error of an emulated machine was looked up 3 ms after its packet had
 * come. A lookup for where that packet was from is hardly of a program that was interrupted.
 */
const ANSWER_NS = 20_000_000n;

/**
 * A lookup with an input device is about a received packet; without one, about an answer to the
 * packet just received on that processor (the task is whoever was interrupted), else the task's own. Before the
 * kernel answers a packet that has no way on with an ICMP error, it looks for that way once more, without the
 * device and by the packet's own ends as they were translated: nothing of the task's. Only of a packet whose own
 * lookup had failed: a program on the same node may ask by the ends of what its router has just got of it.
 */
function placeRoute(event: Event, taskNetns: number, iif: number, received: Map<number, Event>) {
  const last = received.get(event.cpu);
  const within = (ns: bigint) =>
    last !== undefined && event.timeNs - last.timeNs < ns ? last : undefined;
  if (iif <= 1) {
    const asked = within(ANSWER_NS);
    const isAbout = asked?.netns !== undefined &&
      (asked.source === event.destination ||
        asked.routeError !== undefined && hasEndsOf(asked, event));
    event.netns = isAbout ? asked.netns! : taskNetns;
    return;
  }
  // An older one is another packet, perhaps of another namespace with a device of that number.
  const packet = within(LOOKUP_NS);
  if (packet?.ifindex !== iif || packet.netns === undefined) return;
  event.netns = packet.netns;
  event.ifindex = iif;
  if (packet.device !== undefined) event.device = packet.device;
  if (packet.skb !== undefined) event.skb = packet.skb;
  const { source, destination, routeError } = event;
  // A VRF asks, by itself as the input, whether there is a way back to the source, too: that is about the same packet.
  if (destination === packet.source) return;
  received.set(event.cpu, { ...packet, source, destination, routeError });
}

/** The port of the destination may be another, as the address is: it was translated. */
const hasEndsOf = (packet: Event, { source, destination, protocol, sourcePort }: Event) =>
  packet.source === source && packet.destination === destination &&
  (packet.protocol !== protocol || sourcePort === undefined || packet.sourcePort === sourcePort);

const scratch = new DataView(new ArrayBuffer(16));

function readAddress(fields: string[], at: number, words: number): string {
  for (let i = 0; i < words; i++) writeWord(scratch, i * 8, fields[at + i]!);
  return words === 2 ? readIp6(scratch, 0) : readIp4(scratch, 0);
}

const AF_INET6 = "10";

/** A change of a neighbour's state. Throws RangeError when the line is cut. */
export function decodeNeighbour(fields: string[]): Event {
  if (fields.length < NEIGHBOUR.count) throw new RangeError("is cut");
  const isIp6 = fields[NEIGHBOUR.family] === AF_INET6;
  const state = fields[NEIGHBOUR.state]!;
  const view = new DataView(new ArrayBuffer(24));
  writeWord(view, 0, fields[NEIGHBOUR.address0]!);
  writeWord(view, 8, fields[NEIGHBOUR.address1]!);
  writeWord(view, 16, fields[NEIGHBOUR.mac]!);
  const event: Event = {
    kind: "neighbour",
    timeNs: BigInt(fields[NEIGHBOUR.timeNs]!),
    cpu: Number(fields[NEIGHBOUR.cpu]),
    device: fields[NEIGHBOUR.device]!.slice(0, 15),
    network: isIp6 ? "ip6" : "arp",
    gateway: isIp6 ? readIp6(view, 0) : readIp4(view, 0),
    neighbourState: NUD[Number(state)] ?? state.slice(0, 16),
  };
  if (fields[NEIGHBOUR.mac] !== "0") event.neighbourMac = readMac(view, 16);
  return event;
}
