/** Sightings that have the same of what no hop changes, and the packets that they are. Rules C1, D5. */
import { chainsAmong } from "../correlate/chains.ts";
import { isSeen, type Packet, packetsOf } from "../correlate/packets.ts";
import { byTime, type NodeView, type Sighting } from "../view/timeline.ts";

/** No packet has other sightings than those of one such group, and no other is looked at for it. */
export class Alike {
  readonly #sightings = new Map<NodeView, Sighting[]>();
  #packets: readonly Packet[] = [];
  /** Those that were not seen themselves. */
  #unseen: readonly Packet[] = [];

  /** Takes a sighting that was not there before. */
  take(event: Sighting): void {
    const own = this.#sightings.get(event.node);
    if (own) own.push(event);
    else this.#sightings.set(event.node, [event]);
  }

  /** A sighting is no more. */
  leave(event: Sighting): void {
    const own = this.#sightings.get(event.node)!;
    own.splice(own.indexOf(event), 1);
    if (own.length === 0) this.#sightings.delete(event.node);
  }

  /** It has no sighting. */
  get isEmpty(): boolean {
    return this.#sightings.size === 0;
  }

  /**
   * Puts all sightings together anew. Packets that come out the same stay the same objects; the others
   * are told.
   */
  correlate(): { gone: Packet[]; come: Packet[] } {
    const byNode = [...this.#sightings].sort(([a], [b]) => a.name < b.name ? -1 : 1);
    const chains = byNode.flatMap(([node, own]) => chainsAmong(node, own.sort(byTime)));
    const before = new Map(this.#packets.map((packet) => [firstOf(packet), packet]));
    const come: Packet[] = [];
    const all = packetsOf(chains);
    this.#unseen = all.filter((packet) => !isSeen(packet));
    this.#packets = all.filter(isSeen).map((packet) => {
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

  /** The packet that this sighting belongs to. */
  packetOf(sighting: Sighting): Packet | undefined {
    const hasIt = ({ chains }: Packet) => chains.some(({ events }) => events.includes(sighting));
    return this.#packets.find(hasIt) ?? this.#unseen.find(hasIt);
  }
}

const firstOf = ({ chains }: Packet): Sighting => chains[0]!.events[0]!;

const isSame = (a: Packet, b: Packet): boolean =>
  a.ambiguous === b.ambiguous && a.chains.length === b.chains.length &&
  a.chains.every(({ events }, i) => {
    const others = b.chains[i]!.events;
    return events.length === others.length && events.every((event, k) => event === others[k]);
  });
