/** Sightings that have the same of what no hop changes, and the packets that they are. Rules C1, D5. */
import { chainsAmong } from "../correlate/chains.ts";
import { isSeen, Packet, packetsOf } from "../correlate/packets.ts";
import { byTime, type NodeView, type Sighting } from "../view/timeline.ts";

/** No packet has other sightings than those of one such group, and no other is looked at for it. */
export class Alike {
  /** Also those that were not seen themselves. Together they have all sightings. Most are one, and need no list. */
  #packets: Packet | readonly Packet[] = [];
  /** Sightings that were not put together yet. */
  #come: Sighting[] | null = null;
  /** Sightings that are no more. */
  #gone: Set<Sighting> | null = null;

  /** Takes a sighting that was not there before. */
  take(event: Sighting): void {
    if (this.#come) this.#come.push(event);
    else this.#come = [event];
  }

  /** A sighting is no more. */
  leave(event: Sighting): void {
    this.#gone ??= new Set();
    this.#gone.add(event);
  }

  /** It has no sighting, as far as they were put together. */
  get isEmpty(): boolean {
    return this.#all.length === 0;
  }

  get #all(): readonly Packet[] {
    return this.#packets instanceof Packet ? [this.#packets] : this.#packets;
  }

  /**
   * Puts all sightings together anew. Packets that come out the same stay the same objects; the others
   * are told. `shared`: the invariants of all of them.
   */
  correlate(shared: string): { gone: Packet[]; come: Packet[] } {
    const byNode = [...this.#byNode()].sort(([a], [b]) => a.name < b.name ? -1 : 1);
    const chains = byNode.flatMap(([node, own]) => chainsAmong(node, own.sort(byTime), shared));
    const before = new Map(
      this.#all.filter(isSeen).map((packet) => [packet.first, packet]),
    );
    const come: Packet[] = [];
    const packets = packetsOf(chains).map((packet) => {
      if (!isSeen(packet)) return packet;
      const known = before.get(packet.first);
      if (known && isSame(known, packet)) {
        before.delete(packet.first);
        return known;
      }
      come.push(packet);
      return packet;
    });
    this.#packets = packets.length === 1 ? packets[0]! : packets;
    return { gone: [...before.values()], come };
  }

  #byNode(): Map<NodeView, Sighting[]> {
    const byNode = new Map<NodeView, Sighting[]>();
    const take = (event: Sighting) => {
      if (this.#gone?.has(event)) return;
      const own = byNode.get(event.node);
      if (own) own.push(event);
      else byNode.set(event.node, [event]);
    };
    for (const { chains } of this.#all) for (const { events } of chains) events.forEach(take);
    this.#come?.forEach(take);
    this.#come = null;
    this.#gone = null;
    return byNode;
  }

  /** The packet that this sighting belongs to. */
  packetOf(sighting: Sighting): Packet | undefined {
    return this.#all.find(({ chains }) => chains.some(({ events }) => events.includes(sighting)));
  }
}

function isSame(a: Packet, b: Packet): boolean {
  // Of one that rests they are made when they are asked for.
  const [chains, others] = [a.chains, b.chains];
  return a.ambiguous === b.ambiguous && chains.length === others.length &&
    chains.every(({ events }, i) => {
      const own = others[i]!.events;
      return events.length === own.length && events.every((event, k) => event === own[k]);
    });
}
