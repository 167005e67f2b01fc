/** Sightings that have the same of what no hop changes, and the packets that they are. Rules C1, D5. */
import { chainsAmong } from "../correlate/chains.ts";
import { isSeen, type Packet, packetsOf } from "../correlate/packets.ts";
import { byTime, type NodeView, type Sighting } from "../view/timeline.ts";

/** No packet has other sightings than those of one such group, and no other is looked at for it. */
export class Alike {
  /** Also those that were not seen themselves. Together they have all sightings. */
  #packets: readonly Packet[] = [];
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
    return this.#packets.length === 0;
  }

  /**
   * Puts all sightings together anew. Packets that come out the same stay the same objects; the others
   * are told. `shared`: the invariants of all of them.
   */
  correlate(shared: string): { gone: Packet[]; come: Packet[] } {
    const byNode = [...this.#byNode()].sort(([a], [b]) => a.name < b.name ? -1 : 1);
    const chains = byNode.flatMap(([node, own]) => chainsAmong(node, own.sort(byTime), shared));
    const before = new Map(
      this.#packets.filter(isSeen).map((packet) => [firstOf(packet), packet]),
    );
    const come: Packet[] = [];
    this.#packets = packetsOf(chains).map((packet) => {
      if (!isSeen(packet)) return packet;
      const known = before.get(firstOf(packet));
      if (known && isSame(known, packet)) {
        before.delete(firstOf(packet));
        return known;
      }
      come.push(packet);
      return packet;
    });
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
    for (const { chains } of this.#packets) for (const { events } of chains) events.forEach(take);
    this.#come?.forEach(take);
    this.#come = null;
    this.#gone = null;
    return byNode;
  }

  /** The packet that this sighting belongs to. */
  packetOf(sighting: Sighting): Packet | undefined {
    return this.#packets.find(({ chains }) =>
      chains.some(({ events }) => events.includes(sighting))
    );
  }
}

const firstOf = ({ chains }: Packet): Sighting => chains[0]!.events[0]!;

const isSame = (a: Packet, b: Packet): boolean =>
  a.ambiguous === b.ambiguous && a.chains.length === b.chains.length &&
  a.chains.every(({ events }, i) => {
    const others = b.chains[i]!.events;
    return events.length === others.length && events.every((event, k) => event === others[k]);
  });
