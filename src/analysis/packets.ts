/** Chains to packets: joins across skbs, NAT, namespaces and nodes. Rules C3 to C6. */
import { type Chain, pointOf } from "./chains.ts";
import { isLook, isTelling } from "./ends.ts";
import { conntrackForm, type Form, formKey, formOf, isAmbiguous } from "./identity.ts";
import type { NodeView, Sighting } from "./timeline.ts";
import { Union } from "./union.ts";

export interface Packet {
  chains: Chain[];
  /** Every form it was seen in or conntrack knows, by key; the order is that of the nodes. */
  forms: Map<string, Form>;
  /** Its invariants repeat, so which of several equal packets it is was decided by order. */
  ambiguous: boolean;
}

export function packetsOf(chains: readonly Chain[]): Packet[] {
  const union = new Union(chains.length);
  for (const [key, members] of byKey(chains)) {
    void key;
    if (isAmbiguous(chains[members[0]!]!.events[0]!)) joinInOrder(chains, members, union);
    else for (const member of members) union.join(members[0]!, member);
  }
  const packets = new Map<number, Packet>();
  chains.forEach((chain, i) => {
    const root = union.find(i);
    let packet = packets.get(root);
    if (!packet) {
      packet = { chains: [], forms: new Map(), ambiguous: isAmbiguous(chain.events[0]!) };
      packets.set(root, packet);
    }
    packet.chains.push(chain);
    for (const form of formsOf(chain)) packet.forms.set(formKey(form), form);
  });
  return [...packets.values()];
}

/** [C3] A chain's forms: the tuples it was seen with, and the other side of its translation. */
export function formsOf(chain: Chain): Form[] {
  const forms = new Map<string, Form>();
  for (const event of chain.events) {
    const form = formOf(event);
    forms.set(formKey(form), form);
    const other = event.tunnelKind === undefined ? conntrackForm(event) : null;
    if (other) forms.set(formKey(other), other);
  }
  return [...forms.values()];
}

/** Chain numbers by form and invariants: [C4] equal ones are the same packet. */
function byKey(chains: readonly Chain[]): Map<string, number[]> {
  const members = new Map<string, number[]>();
  chains.forEach((chain, i) => {
    for (const form of formsOf(chain)) {
      const key = `${formKey(form)} ${chain.invariants}`;
      const list = members.get(key);
      if (list) list.push(i);
      else members.set(key, [i]);
    }
  });
  return members;
}

/**
 * [C6] Equal-looking packets: on each node a chain belongs to the first of them that has not been
 * at any of its points yet; between nodes the first that left one is the first at the next.
 */
function joinInOrder(chains: readonly Chain[], members: number[], union: Union): void {
  const byNode = new Map<NodeView, Occurrence[]>();
  for (const member of members) {
    const chain = chains[member]!;
    if (chain.events.every(isLook)) continue;
    let occurrences = byNode.get(chain.node);
    if (!occurrences) byNode.set(chain.node, occurrences = []);
    place(occurrences, member, chain, union);
  }
  const lanes = [...byNode.values()].sort((a, b) =>
    b[0]!.ttlMax - a[0]!.ttlMax || Number(isArrival(chains, a)) - Number(isArrival(chains, b))
  );
  let alive = lanes[0] ?? [];
  for (const lane of lanes.slice(1)) {
    const arriving = alive.filter((occurrence) => !occurrence.dropped);
    lane.forEach((occurrence, k) => {
      const earlier = arriving[k];
      if (earlier) union.join(earlier.member, occurrence.member);
    });
    if (lane.some((occurrence) => occurrence.meant)) alive = lane;
  }
}

/** Came to the node from another one. */
const isArrival = (chains: readonly Chain[], lane: readonly Occurrence[]) =>
  chains[lane[0]!.member]!.events[0]!.kind === "device-rx";

interface Occurrence {
  member: number;
  points: Set<string>;
  dropped: boolean;
  /** Not only a frame flooded to somebody it was not for. */
  meant: boolean;
  ttlMax: number;
}

function place(occurrences: Occurrence[], member: number, chain: Chain, union: Union): void {
  const points = chain.events.map((event) => `${pointOf(event)} ${event.ttl ?? ""}`);
  let occurrence = occurrences.find((known) => points.every((point) => !known.points.has(point)));
  if (!occurrence) {
    occurrence = { member, points: new Set(), dropped: false, meant: false, ttlMax: 0 };
    occurrences.push(occurrence);
  }
  union.join(occurrence.member, member);
  for (const point of points) occurrence.points.add(point);
  for (const event of chain.events) {
    occurrence.ttlMax = Math.max(occurrence.ttlMax, event.ttl ?? 0);
    if (event.packetType === "otherhost") continue;
    if (event.kind === "drop" && isTelling(event)) occurrence.dropped = true;
    occurrence.meant = true;
  }
}

/** Every sighting of a packet. */
export function sightingsOf(packet: Packet): Sighting[] {
  return packet.chains.flatMap((chain) => chain.events);
}
