/** Sightings to chains: what one skb did on one node, from its making to its end. Rule C2. */
import { isDeviceKind, KINDS } from "../../event/kinds.ts";
import { haveOtherDigests } from "../../event/digest.ts";
import {
  conntrackForm,
  formKey,
  formOf,
  invariants,
  isHousekeeping,
  isIcmpError,
} from "./identity.ts";
import {
  isDropBeforeSending,
  isFree,
  isQuoteCopy,
  isSolicitationCopy,
  isTapCopy,
} from "../kernel/frees.ts";
import { isNetfilterDrop } from "../kernel/netfilter.ts";
import { TCP } from "../kernel/protocols.ts";
import type { Event, EventKind } from "../../event/event.ts";
import type { NodeView, Sighting } from "../view/timeline.ts";
import { isDropOfAnother } from "./reused.ts";

/** Sightings of one packet in one skb on one node. */
export interface Chain {
  node: NodeView;
  /** In the order of the node's clock; at least one. */
  events: Sighting[];
  /** What no hop changes of the packet, as `invariants` spells it. */
  invariants: string;
}

/**
 * What an event is of: a packet that is followed, something that causes rest on (ARP, neighbour discovery,
 * ICMP errors, lookups, neighbour changes), or neither.
 */
export function claimOf(event: Event): "packet" | "evidence" | "unclaimed" {
  if (KINDS[event.kind].role === "aside") return "evidence";
  if (event.network === undefined || event.skb === undefined) return "unclaimed";
  // Whoever writes such a line is no probe of ours; nothing can be said of a packet to nowhere.
  if (event.source === undefined || event.destination === undefined) return "unclaimed";
  return isHousekeeping(event) || isIcmpError(event) ? "evidence" : "packet";
}

/** All packets' events of one node, as chains in the order in which they began. */
export const chainsOf = (node: NodeView): Chain[] =>
  chainsAmong(node, node.events.filter((event) => claimOf(event) === "packet"));

/** A chain that may go on, and where it was. */
class Open {
  /** Its sightings, where they are not one stretch of all. */
  #list: Sighting[] | null = null;
  #to: number;
  /** By point, the last TTL there: once the chain is too long to be looked through for each event. */
  #ttls: Map<string, number> | null = null;
  /** The last one. */
  last: Sighting;
  /** Of the packet, where a sighting of it told one. */
  digest: number | undefined;

  /** It begins with one of `all`. */
  constructor(readonly chain: Chain, readonly all: readonly Sighting[], readonly from: number) {
    this.#to = from + 1;
    this.last = all[from]!;
    this.digest = this.last.digest;
  }

  /** It goes on with one of all that comes later. */
  add(at: number): void {
    const event = this.all[at]!;
    this.last = event;
    this.digest ??= event.digest;
    if (this.#list !== null) this.#list.push(event);
    else if (at === this.#to) this.#to++;
    else (this.#list = this.all.slice(this.from, this.#to)).push(event);
    if (this.#ttls !== null) this.#note(event);
    else if (this.#length > LOOKED_THROUGH) {
      this.#ttls = new Map();
      for (let i = 0; i < this.#length; i++) this.#note(this.#nth(i));
    }
  }

  #note(event: Sighting): void {
    if (isDeviceHop(event)) this.#ttls!.set(pointOf(event), ttlOf(event));
  }

  get #length(): number {
    return this.#list?.length ?? this.#to - this.from;
  }

  #nth(i: number): Sighting {
    return this.#list === null ? this.all[this.from + i]! : this.#list[i]!;
  }

  /** The TTL with which it was last at this event's point, of a device that does `kind`. */
  lastTtlAt(event: Sighting, kind: EventKind): number | undefined {
    if (this.#ttls !== null) return this.#ttls.get(pointAt(event, kind));
    for (let i = this.#length - 1; i >= 0; i--) {
      const other = this.#nth(i);
      if (
        other.kind === kind && other.netns === event.netns && other.ifindex === event.ifindex &&
        other.tunnelKind === event.tunnelKind && other.tunnelDestination === event.tunnelDestination
      ) return ttlOf(other);
    }
    return undefined;
  }

  /** Its first hop in a namespace. */
  firstIn(netns: number | undefined): Sighting | undefined {
    for (let i = 0; i < this.#length; i++) {
      const other = this.#nth(i);
      if (isDeviceHop(other) && other.netns === netns) return other;
    }
    return undefined;
  }

  /** Nothing more comes: the chain has its sightings. */
  end(): void {
    // Lists that grow have room to spare, and there are as many as packets.
    this.chain.events = this.#list?.slice() ?? this.all.slice(this.from, this.#to);
  }
}

/** What a chain has while it is open. */
const NOT_ENDED: Sighting[] = [];

/** Chains that may go on, by their keys: mostly there is one, which needs no table. */
class OpenChains {
  #key: string | null = null;
  #one: Open | undefined;
  #others: Map<string, Open> | null = null;

  get(key: string): Open | undefined {
    return key === this.#key ? this.#one : this.#others?.get(key);
  }

  set(key: string, open: Open): void {
    if (key !== this.#key && (this.#key !== null || this.#others?.has(key))) {
      this.#others ??= new Map();
      this.#others.set(key, open);
      return;
    }
    this.#key = key;
    this.#one = open;
  }

  delete(key: string): void {
    if (key === this.#key) this.#key = null;
    else this.#others?.delete(key);
  }
}

/** Chains that are longer are not looked through. */
const LOOKED_THROUGH = 32;

/**
 * Events of packets of one node, in the order of time, as chains in the order in which they began.
 * Which other packets are among them makes no difference: the events of one packet are enough.
 * `shared`: the invariants of all of them, where they have the same. `chains`: where they are put.
 *
 * [C2] A chain goes on while the skb's address and the packet's invariants are the same, until the
 * kernel frees it. Coming to the same point again with the same TTL is another packet in a reused
 * skb; with a lower one it is a loop.
 */
export function chainsAmong(
  node: NodeView,
  events: readonly Sighting[],
  shared?: string,
  chains: Chain[] = [],
): Chain[] {
  const open = new OpenChains();
  const all: Open[] = [];
  for (let i = 0; i < events.length; i++) {
    const event = events[i]!;
    const same = shared ?? invariants(event);
    // The key has the invariants, so that another packet in the same skb ends no chain.
    const key = shared === undefined ? `${event.skb} ${same}` : event.skb!;
    const current = open.get(key);
    const isOver = isFree(event);
    if (current && goesOn(current, event) && couldBecome(current.last, event)) current.add(i);
    else {
      const begun = new Open({ node, events: NOT_ENDED, invariants: same }, events, i);
      chains.push(begun.chain);
      all.push(begun);
      if (!isOver) open.set(key, begun);
    }
    if (isOver) open.delete(key);
  }
  for (const one of all) one.end();
  return chains;
}

const ttlOf = ({ ttl }: Sighting) => ttl ?? 0;

/** A key: where in the node an event happened, equal for a second visit of the same point. */
export const pointOf = (event: Sighting): string => pointAt(event, event.kind);

function pointAt(event: Sighting, kind: EventKind): string {
  return `${kind} ${event.netns ?? ""} ${event.ifindex ?? ""} ${event.tunnelKind ?? ""} ${
    event.tunnelDestination ?? ""
  }`;
}

const isDeviceHop = (event: Sighting) => isDeviceKind(event.kind);

/**
 * The point that a packet cannot have been at before this event, or null: a packet that dies on its
 * way to a device's driver was not sent by that device.
 */
export function excludes(event: Sighting): string | null {
  return isDropBeforeSending(event) ? pointAt(event, "device-tx") : null;
}

/** The packet was not yet at the event's point, or with a higher TTL, which is a loop. */
function goesOn(open: Open, event: Sighting): boolean {
  if (haveOtherDigests(open.digest, event.digest)) return false;
  if (isRefusedUnsent(event, open.last) || isElsewhere(event, open.last)) return false;
  if (isDropOfAnother(event, open.last, () => open.firstIn(event.netns))) return false;
  if (!isDeviceHop(event) && !isDropBeforeSending(event)) return true;
  const ttl = open.lastTtlAt(event, isDeviceHop(event) ? event.kind : "device-tx");
  if (ttl === undefined) return true;
  if (ttlOf(event) >= ttl) return false;
  // A loop comes back after it was sent; what came back in a tunnel comes out of it here.
  return event.kind !== "device-rx" || open.last.kind !== "device-rx" ||
    (open.last.tunnelKind !== undefined && event.tunnelKind === undefined);
}

/** What a namespace received can't be sent in another one before it was sent there. */
const isElsewhere = (event: Sighting, before: Sighting) =>
  event.kind === "device-tx" && before.kind === "device-rx" && event.netns !== before.netns;

/**
 * [C10] netfilter refused a packet that has no link header yet, in an skb that the same device has
 * sent: it is another packet, which the node made in reused memory.
 */
const isRefusedUnsent = (event: Sighting, before: Sighting) =>
  before.kind === "device-tx" && before.destinationMac !== undefined && isUnsent(event) &&
  unsentPoint(event) === pointOf(before);

/**
 * The point of the device that the packet was for, when netfilter refused it before it had a link
 * header; else null. It has none on its way out, and where devices have no link header at all.
 */
export const unsentPoint = (event: Sighting): string | null =>
  isUnsent(event) ? pointAt(event, "device-tx") : null;

const isUnsent = (event: Sighting) =>
  event.destinationMac === undefined && event.tunnelKind === undefined && isNetfilterDrop(event);

/**
 * Whether the packet of one event can be that of a later one in the same skb, by its tuple. NAT
 * changes a tuple between receive and transmit, never between a device and the next one; it does not
 * exchange source and destination, and conntrack tells when it changes both. Any other change means
 * another packet of the same size in a reused skb.
 */
function couldBecome(before: Sighting, event: Sighting): boolean {
  if (isCopy(event)) return false;
  // A socket's reader is the last to have the skb, and no event tells that it frees it.
  if (before.kind === "deliver" && isDeviceHop(event)) return false;
  const sameSource = before.source === event.source && before.sourcePort === event.sourcePort;
  const sameDestination = before.destination === event.destination &&
    before.destinationPort === event.destinationPort;
  if (sameSource && sameDestination && before.icmpId === event.icmpId) return true;
  // Sequence numbers are among TCP's invariants, which no other packet shares.
  if (event.protocol === TCP && before.source !== event.destination) return true;
  // One exception: where a bridge calls iptables, the packet is translated after the port has
  // received it and before the bridge itself does, in the same namespace.
  const isOnward = event.kind === "device-rx" &&
    (before.kind !== "device-rx" || before.netns !== event.netns);
  if (isOnward) return false;
  const origin = conntrackForm(event);
  // Two pings send the same sequence numbers, so their ids must be equal, unless conntrack says that
  // it changed the id.
  if ((sameSource || sameDestination) && before.icmpId === event.icmpId) return true;
  return origin !== null && formKey(origin) === formKey(conntrackForm(before) ?? formOf(before));
}

/** Taps, neighbour solicitations and who looks at a quote free a clone, whose skb is not the packet's. */
const isCopy = (event: Sighting) =>
  isSolicitationCopy(event) || isTapCopy(event) || isQuoteCopy(event);
