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

/** One packet: its chains on all nodes, with every copy of it. */
export interface Packet {
  chains: Chain[];
  /** Every form it was seen in or conntrack knows, by key; the order is that of the nodes. */
  forms: Map<string, Form>;
  /** Its invariants repeat, so which of several equal packets it is was decided by order. */
  ambiguous: boolean;
}

/** Puts chains of all nodes together to packets, in the order of their first chains. */
export function packetsOf(chains: readonly Chain[]): Packet[] {
  const union = new Union(chains.length);
  const repeated = new Set<number>();
  for (const members of byKey(chains).values()) {
    if (isAmbiguous(chains[members[0]!]!.events[0]!)) joinEqualPackets(chains, members, union);
    else if (isSeveralPackets(chains, members)) {
      joinEqualPackets(chains, members, union);
      for (const member of members) repeated.add(member);
    } else for (const member of members) union.join(members[0]!, member);
  }
  const packets = new Map<number, Packet>();
  chains.forEach((chain, i) => {
    const root = union.find(i);
    let packet = packets.get(root);
    if (!packet) {
      packet = { chains: [], forms: new Map(), ambiguous: isAmbiguous(chain.events[0]!) };
      packets.set(root, packet);
    }
    if (repeated.has(i)) packet.ambiguous = true;
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
