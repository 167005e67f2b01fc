/**
 * Room `correlate`, after `view`: which sightings are one packet, and which led to which.
 *
 * Chains to packets: joins across skbs, NAT, namespaces and nodes. Rules C3 to C6.
 */
import type { Chain } from "./chains.ts";
import { joinEqualPackets } from "./equal_packets.ts";
import { conntrackForm, type Form, formKey, formOf, isAmbiguous } from "./identity.ts";
import type { Sighting } from "../view/timeline.ts";
import { isSeveralPackets } from "./repeats.ts";
import { tellsOfPacket } from "./telling.ts";
import { Union } from "./union.ts";
import { joinUpcalls } from "./upcalls.ts";

/** One packet: its chains on all nodes, with every copy of it. */
export interface Packet {
  chains: Chain[];
  /** Every form it was seen in or conntrack knows, by key; the order is that of the nodes. */
  forms: Map<string, Form>;
  /** Its invariants repeat, so which of several equal packets it is was decided by order. */
  ambiguous: boolean;
}

/**
 * Puts chains of all nodes together to packets, in the order of their first chains. All chains have the
 * same invariants.
 */
export function packetsOf(chains: readonly Chain[]): Packet[] {
  const forms = chains.map(formsByKey);
  const union = new Union(chains.length);
  const repeated = new Set<number>();
  if (chains.length > 1) {
    for (const members of membersByKey(chains, forms)) {
      if (isAmbiguous(chains[members[0]!]!.events[0]!)) joinEqualPackets(chains, members, union);
      else if (isSeveralPackets(chains, members)) {
        joinEqualPackets(chains, members, union);
        for (const member of members) repeated.add(member);
      } else for (const member of members) union.join(members[0]!, member);
    }
    joinUpcalls(chains, union);
  }
  const packets = new Map<number, Packet>();
  chains.forEach((chain, i) => {
    const root = union.find(i);
    const packet = packets.get(root);
    if (packet) {
      packet.chains.push(chain);
      for (const [key, form] of forms[i]!) packet.forms.set(key, form);
    } else {
      const ambiguous = isAmbiguous(chain.events[0]!);
      packets.set(root, { chains: [chain], forms: forms[i]!, ambiguous });
    }
    if (repeated.has(i)) packets.get(root)!.ambiguous = true;
  });
  const all = [...packets.values()];
  // Lists that grow have room to spare.
  for (const packet of all) packet.chains = packet.chains.slice();
  return all;
}

/** [C3] A chain's forms: the tuples it was seen with, and the other side of its translation. */
export const formsOf = (chain: Chain): Form[] => [...formsByKey(chain).values()];

function formsByKey({ events }: Chain): Map<string, Form> {
  const forms = new Map<string, Form>();
  let before: Sighting | null = null;
  for (const event of events) {
    if (before !== null && isSameTuple(before, event)) continue;
    before = event;
    const form = formOf(event);
    forms.set(formKey(form), form);
    const other = event.tunnelKind === undefined ? conntrackForm(event) : null;
    if (other) forms.set(formKey(other), other);
  }
  return forms;
}

/** All that forms are made of is the same in both. */
const isSameTuple = (a: Sighting, b: Sighting): boolean =>
  a.source === b.source && a.sourcePort === b.sourcePort && a.destination === b.destination &&
  a.destinationPort === b.destinationPort && a.icmpId === b.icmpId && a.protocol === b.protocol &&
  a.network === b.network && a.tunnelKind === b.tunnelKind &&
  a.conntrackSource === b.conntrackSource && a.conntrackSourcePort === b.conntrackSourcePort &&
  a.conntrackDestination === b.conntrackDestination &&
  a.conntrackDestinationPort === b.conntrackDestinationPort &&
  a.conntrackDirection === b.conntrackDirection;

/** Numbers of the chains with each form and invariants: [C4] equal ones are the same packet. */
function membersByKey(
  chains: readonly Chain[],
  forms: readonly ReadonlyMap<string, Form>[],
): Iterable<number[]> {
  const members = new Map<string, number[]>();
  chains.forEach((chain, i) => {
    for (const form of forms[i]!.keys()) {
      const key = `${form} ${chain.invariants}`;
      const list = members.get(key);
      if (list) list.push(i);
      else members.set(key, [i]);
    }
  });
  return members.values();
}

/**
 * At least one sighting shows the packet itself. Where there are only frees and reads, the packet
 * passed before the trace began, or was seen with another length (GSO): it is not counted again.
 */
export function isSeen({ chains }: Packet): boolean {
  return chains.some((chain) => chain.events.some(tellsOfPacket));
}

/** Every sighting of a packet. */
export function sightingsOf(packet: Packet): Sighting[] {
  return packet.chains.flatMap((chain) => chain.events);
}

/** So many sightings are looked through sooner than an index of them is made. */
const FEW = 32;

/** Whether looking at all sightings of a packet costs less than an index of them. */
export function hasFewSightings({ chains }: Packet): boolean {
  let count = 0;
  for (const { events } of chains) count += events.length;
  return count <= FEW;
}
