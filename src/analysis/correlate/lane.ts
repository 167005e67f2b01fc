/** Equal-looking packets on one node: which of them a chain belongs to. Rule C6. */
import { type Chain, excludes, pointOf } from "./chains.ts";
import { isAnothersFrame, isFree, isSideCopy, isSolicitationCopy } from "../kernel/frees.ts";
import { tellsOfPacket } from "./telling.ts";
import type { Sighting } from "../view/timeline.ts";

/** One of several equal packets on one node. */
export interface Occurrence {
  /** Number of its first chain. */
  member: number;
  chains: Chain[];
  points: Set<string>;
  /** Where it died on this node. */
  drop: Sighting | null;
  /** Not only a frame flooded to somebody it was not for. */
  meant: boolean;
}

/** An occurrence had an skb, or its data: when it was first and last seen so, and until when. */
interface Use {
  occurrence: Occurrence;
  from: number;
  last: number;
  /** Freed; infinite where no event says so. */
  to: number;
}

/** Chains have to come in the order in which they began. */
export class Lane {
  readonly occurrences: Occurrence[] = [];
  #uses = new Map<string, Use[]>();
  /** Every occurrence before this one has been at that point. */
  #passed = new Map<string, number>();

  /**
   * The occurrence that it shares memory with, else the first that was not yet at any of its points,
   * else a new one. Returns the number of that one's first chain.
   */
  place(member: number, chain: Chain): number {
    const points = chain.events.map((event) =>
      `${excludes(event) ?? pointOf(event)} ${event.ttl ?? ""}`
    );
    const first = chain.events[0]!;
    const isHop = first.kind === "device-rx" || first.kind === "device-tx";
    const isOther = !isHop && first.kind === "drop" && tellsOfPacket(first);
    const original = this.#sharing(first);
    const occurrence = original && isOpen(original, points, first)
      ? original
      : (isOther ? undefined : this.#firstOpen(points, first)) ?? this.#begin(member);
    this.#add(occurrence, chain);
    for (const point of points) occurrence.points.add(point);
    return occurrence.member;
  }

  /**
   * The copy that a neighbour was asked with has the packet's data, which is seen before, after or
   * both: of several that had that memory it is the nearest.
   */
  placeAsk(member: number, chain: Chain): number {
    const ask = chain.events[0]!;
    let best: Use | undefined;
    let least = Infinity;
    for (const use of this.#uses.get(`head ${ask.head}`) ?? []) {
      const distance = use.from > ask.at ? use.from - ask.at : Math.max(0, ask.at - use.to);
      if (distance < least || (distance === 0 && use.from <= ask.at)) {
        [best, least] = [use, distance];
      }
    }
    const occurrence = best?.occurrence ?? this.#begin(member);
    this.#add(occurrence, chain);
    return occurrence.member;
  }

  #begin(member: number): Occurrence {
    const occurrence = { member, chains: [], points: new Set<string>(), drop: null, meant: false };
    this.occurrences.push(occurrence);
    return occurrence;
  }

  #add(occurrence: Occurrence, chain: Chain): void {
    occurrence.chains.push(chain);
    for (const event of chain.events) {
      this.#use(`skb ${event.skb}`, occurrence, event, isFree(event));
      this.#use(`head ${event.head}`, occurrence, event, isFree(event) && !isCopysEnd(event));
      if (isAnothersFrame(event)) continue;
      if (event.kind === "drop" && tellsOfPacket(event)) occurrence.drop = event;
      if (event.kind === "device-tx" || event.packetType !== "otherhost") occurrence.meant = true;
    }
  }

  #use(memory: string, occurrence: Occurrence, event: Sighting, freed: boolean): void {
    const uses = this.#uses.get(memory) ?? [];
    if (uses.length === 0) this.#uses.set(memory, uses);
    let use = uses.at(-1);
    if (use?.occurrence !== occurrence || use.to < event.at) {
      uses.push(use = { occurrence, from: event.at, last: event.at, to: Infinity });
    }
    use.last = Math.max(use.last, event.at);
    if (freed) use.to = event.at;
  }

  /** Who had its skb or its data last before it, and still has it. */
  #sharing(event: Sighting): Occurrence | undefined {
    for (const memory of [`head ${event.head}`, `skb ${event.skb}`]) {
      const uses = this.#uses.get(memory) ?? [];
      let i = uses.length - 1;
      while (i >= 0 && uses[i]!.from > event.at) i--;
      if (i >= 0 && uses[i]!.to >= event.at) return uses[i]!.occurrence;
    }
    return undefined;
  }

  #firstOpen(points: readonly string[], first: Sighting): Occurrence | undefined {
    let from = 0;
    for (const point of points) {
      let passed = this.#passed.get(point) ?? 0;
      while (this.occurrences[passed]?.points.has(point)) passed++;
      this.#passed.set(point, passed);
      from = Math.max(from, passed);
    }
    for (let i = from; i < this.occurrences.length; i++) {
      if (isOpen(this.occurrences[i]!, points, first)) return this.occurrences[i];
    }
    return undefined;
  }
}

const isOpen = (occurrence: Occurrence, points: readonly string[], first: Sighting) =>
  points.every((point) => !occurrence.points.has(point)) && !isOver(occurrence, first);

/** Dropped before it was seen on any device: what comes after it is no copy of it. */
function isOver({ drop, chains }: Occurrence, event: Sighting): boolean {
  if (!drop || event.at < drop.at) return false;
  return !chains.some((chain) => chain.events.some((other) => other.kind.startsWith("device-")));
}

/** Others have the data still. */
const isCopysEnd = (event: Sighting) =>
  isSolicitationCopy(event) || isSideCopy(event) ||
  (event.kind === "drop" && !tellsOfPacket(event));
