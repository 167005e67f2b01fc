/** Programs that talk: sends one packet and says what became of it. */
import { type Fields, Flight, type Simulation } from "./flight.ts";
import { originate } from "./output.ts";
import type { TrueFlow, TruePacket } from "./truth.ts";
import { addressOf, isSix, type Netns, type Tuple } from "./world.ts";

export interface Plan {
  from: Netns;
  to: Netns;
  /** Of `to`, or of a service in front of it. */
  destination: string;
  startAt: number;
  /** TTL of the requests: some are too low for the way. */
  ttl: number;
}

export function openFlow(
  sim: Simulation,
  from: Netns,
  to: Netns,
  sent: Tuple,
  asks: boolean,
  icmpId?: number,
): TrueFlow {
  return {
    id: sim.outerId++,
    from,
    to,
    protocol: sent.protocol,
    ...(icmpId === undefined ? {} : { icmpId }),
    sent,
    forms: [sent],
    packets: [],
    answered: false,
    asks,
    cut: false,
    unsent: 0,
    unsentIn: [],
    translated: false,
  };
}

/** How a packet is sent that is not like any other. */
export interface Sending {
  /** TCP: carries what had arrived before. */
  duplicate?: boolean;
  /** Who sends it, where that is not the flow's own end: another host with its address. */
  sender?: Netns;
}

/** Sends one packet of a flow at a moment; afterwards its truth is complete. */
export function sendPacket(
  sim: Simulation,
  flow: TrueFlow,
  at: number,
  fields: Omit<Fields, "network" | "protocol" | "source" | "destination">,
  { duplicate = false, sender = flow.from }: Sending = {},
): TruePacket {
  const packet = unsentPacket(sim, flow, at, duplicate);
  packet.tcpFlags = fields.tcpFlags;
  packet.payload = fields.payload;
  sim.packets.push(packet);
  flow.packets.push(packet);
  const { source, destination, protocol } = flow.sent;
  const flight = new Flight(sim, packet, at);
  const skb = flight.make(sender, {
    network: isSix(source) ? "ip6" : "ip4",
    protocol,
    source,
    destination,
    ...fields,
  });
  originate(flight, sender, skb);
  if (packet.unsent) {
    flow.packets.pop();
    flow.unsent++;
    flow.unsentIn.push(sender.name);
  }
  return packet;
}

/** Its truth before anything has happened to it. */
export function unsentPacket(
  sim: Simulation,
  flow: TrueFlow,
  at: number,
  duplicate = false,
): TruePacket {
  return {
    id: sim.packets.length,
    flow,
    fate: "lost",
    codes: [],
    hops: [],
    endedAt: at,
    sentAt: at,
    recovered: false,
    duplicate,
    unsent: false,
    outside: false,
    glimpsed: false,
    resized: false,
    strayed: false,
    contested: false,
    shaped: false,
  };
}

/** The tuple of an answer as its sender sees it: that of the request as it arrived, turned. */
export function answerTuple(flow: TrueFlow): Tuple {
  const last = flow.forms.at(-1)!;
  const icmp = flow.icmpId !== undefined;
  return {
    protocol: last.protocol,
    source: last.destination,
    sourcePort: icmp ? last.sourcePort : last.destinationPort,
    destination: last.source,
    destinationPort: icmp ? 0 : last.sourcePort,
  };
}

export function sourceFor(from: Netns, destination: string): string {
  return addressOf(from, isSix(destination));
}
