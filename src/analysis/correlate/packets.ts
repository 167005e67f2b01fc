/**
 * Room `correlate`, after `view`: which sightings are one packet, and which led to which.
 *
 * Chains to packets: joins across skbs, NAT, namespaces and nodes. Rules C3 to C6.
 */
import { byDigest } from "./by_digest.ts";
import type { Chain } from "./chains.ts";
import { joinEqualPackets } from "./equal_packets.ts";
import { formsOfChains, formsOfEach, merged } from "./forms.ts";
import { isSideCopy } from "../kernel/frees.ts";
import { type Form, invariants, isAmbiguous } from "./identity.ts";
import type { Sighting } from "../view/timeline.ts";
import { isSeveralPackets } from "./repeats.ts";
import { tellsOfPacket } from "./telling.ts";
import { Union } from "./union.ts";
import { joinUpcalls } from "./upcalls.ts";

/**
 * One packet: its chains on all nodes, with every copy of it. At rest it is its sightings alone, and the
 * rest is made anew whenever somebody asks: other objects each time, until it is awake.
 */
export class Packet {
  #chains: readonly Chain[] | null;
  #forms: Map<string, Form> | null;
  /** At rest: the sightings, one chain after the other, with a null between two chains. */
  #resting: readonly (Sighting | null)[] | null = null;

  /** `chains`: at least one; in the order of the nodes. */
  constructor(
    chains: readonly Chain[],
    forms: Map<string, Form>,
    /** Its invariants repeat, so which of several equal packets it is was decided by order. */
    readonly ambiguous: boolean,
  ) {
    this.#chains = chains;
    this.#forms = forms;
  }

  get chains(): readonly Chain[] {
    return this.#chains ?? chainsOfResting(this.#resting!);
  }

  /** Every form it was seen in or conntrack knows, by key; the order is that of the nodes. */
  get forms(): Map<string, Form> {
    return this.#forms ?? formsOfChains(this.chains);
  }

  /** The first sighting of its first chain. */
  get first(): Sighting {
    return this.#resting === null ? this.#chains![0]!.events[0]! : this.#resting[0]!;
  }

  /** Has these forms, which are equal to its own, in their place: there are as many as packets. */
  shareForms(forms: Map<string, Form>): void {
    if (this.#forms !== null) this.#forms = forms;
  }

  /** Keeps only what all else can be made of. */
  rest(): void {
    this.#resting ??= restingOf(this.#chains!);
    this.#chains = null;
    this.#forms = null;
  }

  /** Has its chains and forms as lasting objects. */
  wake(): void {
    if (this.#resting === null) return;
    this.#chains = chainsOfResting(this.#resting);
    this.#forms = formsOfChains(this.#chains);
    this.#resting = null;
  }
}

/** Of its length from the start: a list that grows has room to spare. */
function restingOf(chains: readonly Chain[]): (Sighting | null)[] {
  let length = chains.length - 1;
  for (const { events } of chains) length += events.length;
  const resting = new Array<Sighting | null>(length).fill(null);
  let at = 0;
  for (const { events } of chains) {
    for (const event of events) resting[at++] = event;
    at++;
  }
  return resting;
}

function chainsOfResting(resting: readonly (Sighting | null)[]): Chain[] {
  const same = invariants(resting[0]!);
  const chains: Chain[] = [];
  for (let from = 0; from <= resting.length;) {
    const next = resting.indexOf(null, from);
    const to = next < 0 ? resting.length : next;
    const events = resting.slice(from, to) as Sighting[];
    chains.push({ node: events[0]!.node, events, invariants: same });
    from = to + 1;
  }
  return chains;
}

/**
 * Puts chains of all nodes together to packets, in the order of their first chains. All chains have the
 * same invariants.
 */
export function packetsOf(chains: readonly Chain[]): Packet[] {
  const forms = formsOfEach(chains);
  if (isPlainlyOne(chains, forms)) return [new Packet(chains, forms[0]!, false)];
  const union = new Union(chains.length);
  let repeated: ReadonlySet<number> = NONE;
  /** Chains of packets that only one digest is of: no other one looks like it. */
  const alone = new Set<number>();
  if (chains.length > 1) {
    const groups = [...membersByForm(forms)];
    const isWithoutId = isAmbiguous(chains[0]!.events[0]!);
    if (!isWithoutId) repeated = repeatedAmong(groups, chains);
    for (const members of groups) {
      const told = isWithoutId ? byDigest(chains, members) : null;
      if (told !== null) {
        for (const alike of told) {
          joinEqualPackets(chains, alike, union);
          if (areOne(chains, alike, union)) { for (const member of alike) alone.add(member); }
        }
      } else if (isWithoutId || repeated.has(members[0]!)) joinEqualPackets(chains, members, union);
      else for (const member of members) union.join(members[0]!, member);
    }
    joinUpcalls(chains, union);
  }
  const members = new Map<number, number[]>();
  chains.forEach((_, i) => {
    const root = union.find(i);
    const own = members.get(root);
    if (own) own.push(i);
    else members.set(root, [i]);
  });
  return Array.from(members.values(), (own) => {
    const isAmbiguousOne = own.some((i) => repeated.has(i)) ||
      (isAmbiguous(chains[own[0]!]!.events[0]!) && !own.every((i) => alone.has(i)));
    return new Packet(
      own.map((i) => chains[i]!),
      merged(own.map((i) => forms[i]!)),
      isAmbiguousOne,
    );
  });
}

const NONE: ReadonlySet<number> = new Set();

/** All chains of it are one packet's, but for copies that say nothing of their packet. */
function areOne(chains: readonly Chain[], members: readonly number[], union: Union): boolean {
  const own = members.filter((member) => !chains[member]!.events.every(isSideCopy));
  return own.every((member) => union.find(member) === union.find(own[0]!));
}

/**
 * Numbers of the chains that may be of several packets [C10]: all of a form of which some node saw two,
 * and of each form that these have besides. A node that saw two in that form alone may not tell that
 * they are two.
 */
function repeatedAmong(
  groups: readonly (readonly number[])[],
  chains: readonly Chain[],
): ReadonlySet<number> {
  const repeated = new Set<number>();
  for (let left = groups; left.length > 0;) {
    const found = left.filter((members) =>
      members.some((i) => repeated.has(i)) || isSeveralPackets(members.map((i) => chains[i]!))
    );
    if (found.length === 0) break;
    for (const member of found.flat()) repeated.add(member);
    left = left.filter((members) => !found.includes(members));
  }
  return repeated;
}

/** Nearly all are: every chain has the same table of one form, and nothing tells of a second packet. */
function isPlainlyOne(chains: readonly Chain[], forms: readonly Map<string, Form>[]): boolean {
  const first = forms[0];
  if (first?.size !== 1 || isAmbiguous(chains[0]!.events[0]!)) return false;
  for (const other of forms) if (other !== first) return false;
  return !isSeveralPackets(chains);
}

/** Numbers of the chains with each form: [C4] with equal invariants, too, they are the same packet. */
function membersByForm(forms: readonly ReadonlyMap<string, Form>[]): Iterable<number[]> {
  const members = new Map<string, number[]>();
  forms.forEach((own, i) => {
    for (const form of own.keys()) {
      const list = members.get(form);
      if (list) list.push(i);
      else members.set(form, [i]);
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
