/** Translation by conntrack, as a kernel does it: once per connection, then by its tuples. */
import type { Flight, Skb } from "./flight.ts";
import { matchLength } from "./prefix.ts";
import type { Connection, Device, Netns, Tuple } from "./world.ts";

const DST_NAT = 0x20;
const SRC_NAT = 0x10;
const SEEN = 0x188;

export function tupleOf(skb: Skb): Tuple {
  const { protocol, source, destination, sourcePort, destinationPort, icmpId } = skb.fields;
  return {
    protocol,
    source,
    sourcePort: sourcePort ?? icmpId ?? 0,
    destination,
    destinationPort: destinationPort ?? 0,
  };
}

export function reversed(tuple: Tuple): Tuple {
  const icmp = tuple.protocol === 1 || tuple.protocol === 58;
  return {
    protocol: tuple.protocol,
    source: tuple.destination,
    sourcePort: icmp ? tuple.sourcePort : tuple.destinationPort,
    destination: tuple.source,
    destinationPort: icmp ? 0 : tuple.sourcePort,
  };
}

/** Two tuples with the same ends. */
export const isSame = (a: Tuple, b: Tuple) =>
  a.protocol === b.protocol && a.source === b.source && a.sourcePort === b.sourcePort &&
  a.destination === b.destination && a.destinationPort === b.destinationPort;

function find(netns: Netns, skb: Skb): Skb["connection"] {
  const tuple = tupleOf(skb);
  for (const of of netns.connections) {
    if (isSame(of.original, tuple)) return { direction: "original", of };
    if (!isSame(of.reply, tuple)) continue;
    const untold = { original: tuple, reply: reversed(tuple), status: 0, confirmed: true };
    return netns.forgets ? { direction: "original", of: untold } : { direction: "reply", of };
  }
  return undefined;
}

/** PREROUTING and OUTPUT: the destination. */
export function translateDestination(flight: Flight, netns: Netns, skb: Skb): void {
  if (skb.outer || (netns.nat.length === 0 && netns.connections.length === 0)) return;
  skb.connection ??= find(netns, skb) ?? connectTo(netns, skb);
  const { connection } = skb;
  if (!connection) return;
  const wanted = target(connection);
  change(flight, skb, {
    destination: wanted.destination,
    destinationPort: wanted.destinationPort,
  });
}

/** A new connection; conntrack knows those, too, that no rule translates: their answers are asked for none. */
function connectTo(netns: Netns, skb: Skb): Skb["connection"] {
  const rule = netns.nat.find((known) =>
    known.kind === "destination" && known.match === skb.fields.destination
  );
  const original = tupleOf(skb);
  if (!rule) return remember(netns, original, original, 0);
  const changed = { ...original, destination: rule.to };
  return remember(netns, original, changed, DST_NAT);
}

/** Conntrack translates the connection: only of such ones do probes tell the tuples. */
export const isTranslated = (connection: Skb["connection"]): boolean =>
  connection !== undefined && (connection.of.status & (DST_NAT | SRC_NAT)) !== 0;

function remember(netns: Netns, original: Tuple, changed: Tuple, bit: number): Skb["connection"] {
  const of: Connection = { original, reply: reversed(changed), status: SEEN | bit };
  netns.connections.push(of);
  return { direction: "original", of };
}

/** What a packet of the connection is to look like when it leaves. */
function target(connection: NonNullable<Skb["connection"]>): Tuple {
  const { direction, of } = connection;
  return reversed(direction === "original" ? of.reply : of.original);
}

/** POSTROUTING: the source. */
export function translateSource(flight: Flight, netns: Netns, skb: Skb, out: Device): void {
  if (skb.outer) return;
  const { connection } = skb;
  if (!connection) return;
  const { of } = connection;
  // Rules are asked of a connection's first packet alone, and never of an error, which is related to
  // the connection of what it quotes (`nf_nat_inet_fn`).
  const isFirst = connection.direction === "original" && !of.confirmed && !flight.packet.isError;
  if (isFirst && !isTranslated(connection)) {
    const rule = netns.nat.find((known) =>
      known.kind === "source" && leaves(known.match, skb, out)
    );
    if (rule) {
      of.reply = reversed({ ...of.original, source: rule.to });
      of.status |= SRC_NAT;
    }
  }
  of.confirmed = true;
  const wanted = target(connection);
  change(flight, skb, { source: wanted.source, sourcePort: wanted.sourcePort });
}

/** INPUT: the source of an answer to what this host itself asked by another address. */
export function translateTaken(flight: Flight, skb: Skb): void {
  const { connection } = skb;
  if (!connection || skb.outer) return;
  connection.of.confirmed = true;
  if (connection.direction === "original") return;
  const wanted = target(connection);
  change(flight, skb, { source: wanted.source, sourcePort: wanted.sourcePort });
}

/** Only what leaves for somewhere that is no pod is hidden. */
function leaves(match: string, skb: Skb, out: Device): boolean {
  const { source, destination } = skb.fields;
  const inside = destination.startsWith("10.244.") || destination.startsWith("fd00:244:");
  return out.wire !== undefined && !inside && matchLength(match, source) >= 0;
}

function change(flight: Flight, skb: Skb, wanted: Partial<Tuple>): void {
  const icmp = skb.fields.icmpId !== undefined;
  const { sourcePort, destinationPort, ...addresses } = wanted;
  const ports = icmp ? {} : {
    ...(sourcePort === undefined ? {} : { sourcePort }),
    ...(destinationPort === undefined ? {} : { destinationPort }),
  };
  const fields = { ...skb.fields, ...addresses, ...ports };
  const before = tupleOf(skb);
  skb.fields = fields;
  const after = tupleOf(skb);
  if (isSame(before, after)) return;
  const { flow } = flight.packet;
  flow.translated = true;
  if (!flow.forms.some((form) => isSame(form, after))) flow.forms.push(after);
}
