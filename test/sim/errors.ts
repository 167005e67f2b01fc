/** What a kernel says about a packet it refuses: an ICMP error to its sender, an event of its own. */
import { Flight, type Skb } from "./flight.ts";
import { isTranslated } from "./nat.ts";
import { originate } from "./output.ts";
import { openFlow, unsentPacket } from "./talk.ts";
import type { TruePacket } from "./truth.ts";
import { addressOf, type Netns } from "./world.ts";

export type Refusal = "ttl" | "route" | "port";

const ICMP: Record<Refusal, [type: number, code: number]> = {
  ttl: [11, 0],
  route: [3, 0],
  port: [3, 3],
};
const ICMP6: Record<Refusal, [type: number, code: number]> = {
  ttl: [3, 0],
  route: [1, 0],
  port: [1, 4],
};

/** Before the packet is freed. Not about errors, nor where its addresses are not those it had. */
export function refuse(flight: Flight, netns: Netns, skb: Skb, why: Refusal): void {
  const { sim, packet } = flight;
  const { flow } = packet;
  const { fields } = skb;
  if (!sim.extras.errors || skb.outer || packet.isError || fields.fragmentOffset) return;
  const six = fields.network === "ip6";
  const [icmpType, icmpCode] = (six ? ICMP6 : ICMP)[why];
  // IPv6's has no tracepoint.
  if (!six) {
    const device = netns.devices[1]!;
    flight.emit("icmp-error", skb, netns, device, {
      sentIcmpType: icmpType,
      sentIcmpCode: icmpCode,
    });
  }
  if (flow.translated || isTranslated(skb.connection) || sim.random.chance(0.2)) return;
  // Of the address that was asked: a host may have others before it.
  const source = why === "port" ? fields.destination : addressOf(netns, six);
  const protocol = six ? 58 : 1;
  const tuple = { protocol, source, sourcePort: 0, destination: fields.source, destinationPort: 0 };
  const back = openFlow(sim, netns, flow.from, tuple, false);
  const error: TruePacket = { ...unsentPacket(sim, back, flight.now), isError: true };
  const trip = new Flight(sim, error, flight.now);
  const echo = fields.icmpId !== undefined;
  const answer = trip.make(netns, {
    network: fields.network,
    protocol,
    source,
    destination: fields.source,
    ttl: 64,
    ipLength: six ? 96 : 56,
    payload: 28,
    icmpType,
    icmpCode,
    quotedProtocol: fields.protocol,
    quotedSource: fields.source,
    quotedDestination: fields.destination,
    ...(echo ? { quotedSourcePort: fields.icmpId! } : {}),
    ...(fields.sourcePort === undefined ? {} : { quotedSourcePort: fields.sourcePort }),
    ...(fields.destinationPort === undefined
      ? {}
      : { quotedDestinationPort: fields.destinationPort }),
    ...(six ? {} : { ipId: sim.outerId++ & 65_535, quotedIpId: fields.ipId ?? 0 }),
  });
  originate(trip, netns, answer);
}
