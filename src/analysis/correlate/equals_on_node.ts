/** Equal-looking packets on one node: which of them a chain belongs to. Rule C6. */
import { isDeviceKind } from "../../event/kinds.ts";
import { isAnothersFrame, isFree, isSideCopy, isSolicitationCopy } from "../kernel/frees.ts";
import type { Sighting } from "../view/timeline.ts";
import { type Chain, excludes, pointOf, unsentPoint } from "./chains.ts";
import { sameFrame } from "./frames.ts";
import { COPY_LAG_NS, isDropOfAnother, isForItsHost, isOfAnotherFrame } from "./reused.ts";
import { tellsOfPacket } from "./telling.ts";

/** One of several equal packets, as one node saw it. */
export interface EqualPacket {
  /** Number of its first chain. */
  member: number;
  /** Which it is of those that began on the node. */
  index: number;
  chains: Chain[];
  /** Where in the node it was, with which TTLs. */
  points: Set<string>;
  /** Where it died on this node. */
  drop: Sighting | null;
  /** It was for this node, or was sent by it: not only a frame flooded to somebody else. */
  isForNode: boolean;
}

/** The time in which a packet had an skb or its data: ns since the node's `baseNs`, as `at`. */
interface Use {
  packet: EqualPacket;
  /** First seen so. */
  from: number;
  /** Freed; infinite where no event says so. */
  to: number;
}

/** Sorts the chains of one node to equal packets. They must come in the order in which they began. */
export class EqualsOnNode {
  /** In the order in which they began. */
  readonly packets: EqualPacket[] = [];
  /** By `skb` or `head` with its address, in the order of time. */
  #uses = new Map<string, Use[]>();
  /** By point. */
  #passed = new Map<string, PassedBy>();

  /**
   * Gives a chain to the packet that it shares memory with, else to the first that was not yet at any
   * of its points, else to a new one. Returns the number of that packet's first chain.
   */
  place(member: number, chain: Chain): number {
    const points = chain.events.map((event) => {
      const point = unsentPoint(event) ?? excludes(event) ?? pointOf(event);
      // A tunnel's packet that is sent back and forth outside keeps the TTL inside.
      return `${point} ${event.ttl ?? ""} ${event.tunnelTtl ?? ""}`;
    });
    const first = chain.events[0]!;
    const isHop = isDeviceKind(first.kind);
    // Begins with its drop and shares no memory: it is a packet that no device saw.
    const isNew = !isHop && first.kind === "drop" && tellsOfPacket(first);
    const original = this.#sharing(first);
    const isSame = original && isOpen(original, points, first) &&
      !isReused(original, first) && !isElsewhere(original, first);
    const packet = isSame
      ? original
      : (isNew ? undefined : this.#firstOpen(points, first)) ?? this.#begin(member);
    this.#add(packet, chain);
    for (const point of points) {
      packet.points.add(point);
      this.#passedBy(point).add(packet.index);
    }
    return packet.member;
  }

  /**
   * Gives a chain to the packet whose data it has at the nearest moment: the copy that a neighbour
   * was asked with may be freed before, after or while its packet is seen. Returns as `place` does.
   */
  placeSolicitation(member: number, chain: Chain): number {
    const free = chain.events[0]!;
    let best: Use | undefined;
    let least = Infinity;
    for (const use of this.#uses.get(`head ${free.head}`) ?? []) {
      const distance = use.from > free.at ? use.from - free.at : Math.max(0, free.at - use.to);
      if (distance < least || (distance === 0 && use.from <= free.at)) {
        [best, least] = [use, distance];
      }
    }
    const packet = best?.packet ?? this.#begin(member);
    this.#add(packet, chain);
    return packet.member;
  }

  #begin(member: number): EqualPacket {
    const packet = {
      member,
      index: this.packets.length,
      chains: [],
      points: new Set<string>(),
      drop: null,
      isForNode: false,
    };
    this.packets.push(packet);
    return packet;
  }

  #add(packet: EqualPacket, chain: Chain): void {
    packet.chains.push(chain);
    for (const event of chain.events) {
      this.#use(`skb ${event.skb}`, packet, event, isFree(event));
      this.#use(`head ${event.head}`, packet, event, isFree(event) && !isFreeOfCopy(event));
      if (isAnothersFrame(event)) continue;
      if (event.kind === "drop" && tellsOfPacket(event)) packet.drop = event;
      if (event.kind === "device-tx" || event.packetType !== "otherhost") packet.isForNode = true;
    }
  }

  #use(memory: string, packet: EqualPacket, event: Sighting, freed: boolean): void {
    const uses = this.#uses.get(memory) ?? [];
    if (uses.length === 0) this.#uses.set(memory, uses);
    let use = uses.at(-1);
    if (use?.packet !== packet || use.to < event.at) {
      uses.push(use = { packet, from: event.at, to: Infinity });
    }
    if (freed) use.to = event.at;
  }

  /** The packet that had the event's data, else its skb, last before it, and still has it. */
  #sharing(event: Sighting): EqualPacket | undefined {
    for (const memory of [`head ${event.head}`, `skb ${event.skb}`]) {
      const uses = this.#uses.get(memory) ?? [];
      let i = uses.length - 1;
      while (i >= 0 && uses[i]!.from > event.at) i--;
      if (i >= 0 && uses[i]!.to >= event.at) return uses[i]!.packet;
    }
    return undefined;
  }

  #firstOpen(points: readonly string[], first: Sighting): EqualPacket | undefined {
    for (let i = this.#nextOpen(points, 0); i < this.packets.length;) {
      const packet = this.packets[i]!;
      if (
        isOpen(packet, points, first) && !isElsewhere(packet, first) &&
        !isSentInAnother(packet, first)
      ) return packet;
      i = this.#nextOpen(points, i + 1);
    }
    return undefined;
  }

  /** The first packet from a number on that was at none of the points. */
  #nextOpen(points: readonly string[], from: number): number {
    for (;;) {
      const next = points.reduce((i, point) => this.#passedBy(point).nextOpen(i), from);
      if (next === from) return from;
      from = next;
    }
  }

  #passedBy(point: string): PassedBy {
    const passed = this.#passed.get(point) ?? new PassedBy();
    this.#passed.set(point, passed);
    return passed;
  }
}

/** Numbers of packets that were at a point. Where nearly all were, the next that was not is found at once. */
class PassedBy {
  /** Of each a later number: all between were there as well. */
  readonly #later = new Map<number, number>();

  add(index: number): void {
    if (!this.#later.has(index)) this.#later.set(index, index + 1);
  }

  /** The first from a number on that was not there. */
  nextOpen(from: number): number {
    let next = from;
    for (let later; (later = this.#later.get(next)) !== undefined;) next = later;
    // Whoever asks the same again need not go the same way.
    for (let at = from; at < next;) {
      const later = this.#later.get(at)!;
      this.#later.set(at, next);
      at = later;
    }
    return next;
  }
}

/** The packet was at none of these points yet, and may still come to them. */
const isOpen = (packet: EqualPacket, points: readonly string[], first: Sighting) =>
  points.every((point) => !packet.points.has(point)) && !isOver(packet, first) &&
  !isStillHere(packet, first) && !isCarriedInAnother(packet, first);

/**
 * The packet was received by the same device before, and has not left the node since: every frame of
 * it was received on the node as well. It cannot come from outside again, with whatever TTL, but for
 * a copy that was flooded here, before the packet was or after it.
 */
function isStillHere({ chains }: EqualPacket, first: Sighting): boolean {
  if (!isReception(first)) return false;
  let since = -Infinity;
  const before: Sighting[] = [];
  for (const event of chains.flatMap(({ events }) => events)) {
    if (event.at >= first.at) continue;
    before.push(event);
    if (isReception(event) && isAtDevice(event, first)) since = Math.max(since, event.at);
  }
  if (since === -Infinity) return false;
  const here = before.filter(({ at }) => at > since);
  return !here.some((sent) =>
    sent.kind === "device-tx" &&
    !here.some((got) => got.kind === "device-rx" && got.at >= sent.at && sameFrame(sent, got))
  );
}

/**
 * The packet was seen in other namespaces only, so it can't be sent from this one, nor come to it while it
 * stays where it was received. A tunnel may take it out in another namespace than its outer packet came to.
 * Of a copy for another host it proves nothing: the packet itself may be here.
 */
function isElsewhere({ chains }: EqualPacket, first: Sighting): boolean {
  const last = first.netns === undefined ? undefined : lastHop(chains, first);
  if (last?.packetType !== "host" || firstHere(chains, first) !== undefined) return false;
  return first.kind === "device-tx" ||
    (first.kind === "device-rx" && last.tunnelKind === undefined && isForItsHost(last));
}

/** It came to the namespace that the packet was last sent from, in a frame that some router made of another. */
function isSentInAnother({ chains }: EqualPacket, first: Sighting): boolean {
  if (!isForItsHost(first) || first.netns === undefined) return false;
  const sent = lastHop(chains, first);
  return sent?.netns === first.netns && isOfAnotherFrame(first, sent);
}

/**
 * The packet was in an outer packet with another IP id, on the same way with the same TTL inside: who puts
 * packets in a tunnel numbers each. One that goes round comes back with a lower TTL; of what is put together
 * each segment has an id.
 */
const isCarriedInAnother = ({ chains }: EqualPacket, first: Sighting): boolean =>
  isNumbered(first) &&
  chains.some(({ events }) =>
    events.some((event) =>
      isNumbered(event) && event.tunnelIpId !== first.tunnelIpId && event.ttl === first.ttl &&
      event.tunnelSource === first.tunnelSource &&
      event.tunnelDestination === first.tunnelDestination
    )
  );

const isNumbered = ({ tunnelIpId, gsoSegments = 0 }: Sighting) =>
  tunnelIpId !== undefined && gsoSegments <= 1;

const isReception = ({ kind, packetType }: Sighting) =>
  kind === "device-rx" && packetType !== "otherhost";

const isAtDevice = (event: Sighting, { netns, ifindex, tunnelKind }: Sighting) =>
  event.netns === netns && event.ifindex === ifindex && event.tunnelKind === tunnelKind;

/**
 * The packet was dropped, before any device saw it or with nothing of it seen after that: a chain that
 * begins later than a copy lags cannot be a copy of it.
 */
function isOver({ drop, chains }: EqualPacket, event: Sighting): boolean {
  if (!drop || event.at < drop.at) return false;
  const last = chains.reduce((at, { events }) => Math.max(at, events.at(-1)!.at), -Infinity);
  if (last <= drop.at && event.at >= drop.at + COPY_LAG_NS) return true;
  return !chains.some((chain) => chain.events.some(({ kind }) => isDeviceKind(kind)));
}

/** The memory that the packet had is another's. */
function isReused({ chains }: EqualPacket, first: Sighting): boolean {
  const last = lastHop(chains, first);
  return last !== undefined && isDropOfAnother(first, last, () => firstHere(chains, first));
}

/** The first hop of the packet, in the order of its chains, in the namespace where a chain begins. */
function firstHere(chains: readonly Chain[], first: Sighting): Sighting | undefined {
  for (const { events } of chains) {
    const found = events.find(({ kind, at, netns }) =>
      isDeviceKind(kind) && at < first.at && netns === first.netns
    );
    if (found) return found;
  }
  return undefined;
}

/** Where the packet was last, before a chain begins. */
function lastHop(chains: readonly Chain[], first: Sighting): Sighting | undefined {
  let last: Sighting | undefined;
  for (const { events } of chains) {
    for (const event of events) {
      if (event.at >= first.at || event.netns === undefined || !isDeviceKind(event.kind)) continue;
      if (event.at >= (last?.at ?? -Infinity)) last = event;
    }
  }
  return last;
}

/** The event frees a copy that shares its data with other skbs, which still hold the data. */
const isFreeOfCopy = (event: Sighting) =>
  isSolicitationCopy(event) || isSideCopy(event) ||
  (event.kind === "drop" && !tellsOfPacket(event));
