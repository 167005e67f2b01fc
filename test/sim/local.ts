/** What a stack does with a packet for itself, and which frees tell of it. */
import type { Flight, Skb } from "./flight.ts";
import { refuse } from "./errors.ts";
import { struck } from "./mishap.ts";
import { isSame, reversed, tupleOf } from "./nat.ts";
import type { TruePacket } from "./truth.ts";
import type { Device, Netns } from "./world.ts";

export function deliver(flight: Flight, device: Device, skb: Skb): void {
  const { netns } = device;
  if (skb.fields.fragmentOffset !== undefined) {
    flight.sim.held.push({ flight, device, skb });
    return flight.delivered();
  }
  const mishap = struck(flight.sim.mishaps, "socket", { netns }, flight.packet, skb);
  if (mishap) {
    if (mishap.reason === "NO_SOCKET") answerFor(flight, device, skb);
    return flight.dropped(skb, device, mishap.function, mishap.reason, mishap.codes);
  }
  const { flow } = flight.packet;
  if (netns !== flow.to && !flight.packet.isError && !isEchoRequest(skb)) {
    return notAsked(flight, device, skb);
  }
  const { answers } = flow;
  if (answers && !isSame(reversed(tupleOf(skb)), answers.sent)) {
    if (skb.fields.icmpId !== undefined) return takeUnasked(flight, device, skb);
    return flight.dropped(skb, device, LOOKUPS[skb.fields.protocol]!, "NO_SOCKET", [
      ...["reply-not-translated", "reply-from-other-address", "no-listener"] as const,
      "asymmetric-path",
    ]);
  }
  flight.note(device, "deliver");
  flight.packet.takenBy = netns;
  flight.pass();
  const { protocol } = skb.fields;
  if (protocol === 1 || protocol === 58) {
    if (isEchoRequest(skb) || flight.packet.isError) takeEcho(flight, device, skb);
    else takeEchoReply(flight, device, skb);
  } else if (protocol === 17) readDatagram(flight, netns, skb);
  else {
    takeSegment(flight, device, skb);
    noteTaken(flight.packet, skb);
  }
  flight.delivered();
}

function noteTaken(packet: TruePacket, { fields: { tcpSequence, payload, gsoSize } }: Skb): void {
  packet.took ??= new Set();
  const step = gsoSize ?? Math.max(1, payload);
  for (let at = 0; at < payload; at += step) packet.took.add((tcpSequence! + at) >>> 0);
}

const isEchoRequest = ({ fields: { icmpType } }: Skb) => icmpType === 8 || icmpType === 128;

/** Came to a host that has the address as well, and no program that waits for it. */
function notAsked(flight: Flight, device: Device, skb: Skb): void {
  if (skb.fields.icmpId !== undefined) return takeUnasked(flight, device, skb);
  if (!flight.packet.flow.answers) answerFor(flight, device, skb);
  const by = LOOKUPS[skb.fields.protocol]!;
  flight.dropped(skb, device, by, "NO_SOCKET", [
    ...["no-listener", "address-duplicate"] as const,
    // It had translated the question, and does not know the answer.
    ...(device.netns.forgets && flight.packet.flow.answers
      ? ["reply-not-translated" as const]
      : []),
  ]);
}

/** An echo reply without a socket is freed like the original of one that a raw socket took. */
function takeUnasked(flight: Flight, device: Device, skb: Skb): void {
  const { netns } = device;
  // To whoever did not see the question it has arrived, where nobody waited for it.
  if (netns.forgets && flight.packet.flow.answers && netns.node.kernel.reasons) {
    Object.assign(flight.packet, { takenBy: netns, unasked: true });
    return flight.dropped(skb, device, "ping_rcv", "NO_SOCKET", [
      ...["no-listener", "address-duplicate", "reply-not-translated"] as const,
    ]);
  }
  flight.note(device, "deliver");
  flight.pass();
  Object.assign(flight.packet, { takenBy: netns, unasked: true });
  const named = netns.node.kernel.reasons ? { reason: "NO_SOCKET" } : {};
  flight.emit("drop", skb, netns, device, { function: "ping_rcv", ...named });
  flight.free(skb);
  flight.delivered();
}

/** Where the kernel finds that no socket asked for an answer from there. */
const LOOKUPS: Record<number, string> = { 6: "tcp_v4_rcv", 17: "__udp4_lib_rcv" };

/** Nothing listens: the sender is told. */
function answerFor(flight: Flight, device: Device, skb: Skb): void {
  if (skb.fields.protocol === 17) refuse(flight, device.netns, skb, "port");
  else if (flight.sim.extras.errors) flight.emit("reset", skb, device.netns, device);
}

/** The stack answers by itself and is done with the request. */
function takeEcho(flight: Flight, device: Device, skb: Skb): void {
  const by = skb.fields.protocol === 1 ? "icmp_rcv" : "icmpv6_rcv";
  flight.emit("consume", skb, device.netns, device, { function: by });
  flight.free(skb);
}

/** A raw socket takes a clone; what is left of the original finds no ping socket. */
function takeEchoReply(flight: Flight, device: Device, skb: Skb): void {
  const { netns } = device;
  const copy = flight.clone(netns, { ...skb });
  const named = netns.node.kernel.reasons ? { reason: "NO_SOCKET" } : {};
  flight.emit("drop", skb, netns, device, { function: "ping_rcv", ...named });
  flight.free(skb, false);
  const by = skb.fields.protocol === 1 ? "raw_recvmsg" : "rawv6_recvmsg";
  read(flight, netns, copy, by);
}

export function readDatagram(flight: Flight, netns: Netns, skb: Skb): void {
  flight.cpu = flight.sim.random.int(4);
  if (flight.sim.random.chance(0.3)) flight.pass(100_000, 30_000_000);
  const by = flight.sim.random.pick([
    "skb_consume_udp",
    "skb_free_datagram",
    "__skb_free_datagram",
  ]);
  read(flight, netns, skb, by);
}

function read(flight: Flight, netns: Netns, skb: Skb, by: string): void {
  skb.sourceMac = skb.destinationMac = undefined;
  flight.emit("deliver", skb, netns, null);
  flight.emit("consume", skb, netns, null, { function: by });
  flight.free(skb);
}

/** Data is read, some of it late; what carries none leaves no trace; duplicates are freed. */
function takeSegment(flight: Flight, device: Device, skb: Skb): void {
  const { netns } = device;
  flight.packet.duplicate &&= skb.fields.payload > 0;
  if (flight.packet.duplicate) {
    const named = netns.node.kernel.reasons ? { reason: "TCP_OLD_DATA" } : {};
    flight.emit("drop", skb, netns, device, { function: "tcp_data_queue", ...named });
  } else if (skb.fields.payload > 0) {
    flight.cpu = flight.sim.random.int(4);
    if (flight.sim.random.chance(0.3)) flight.pass(100_000, 30_000_000);
    skb.sourceMac = skb.destinationMac = undefined;
    flight.emit("deliver", skb, netns, null);
  }
  flight.free(skb);
}
