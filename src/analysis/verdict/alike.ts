/** Sightings that have the same of what no hop changes, and the packets that they are. Rules C1, D5. */
import { type Chain, chainsAmong } from "../correlate/chains.ts";
import { isSeen, Packet, packetsOf } from "../correlate/packets.ts";
import { byTime, type NodeView, type Sighting } from "../view/timeline.ts";

/** Lists that are shorter are copied to grow. */
const FEW = 32;

/** No packet has other sightings than those of one such group, and no other is looked at for it. */
export class Alike {
  /** Also those that were not seen themselves. Together they have all sightings. Most are one, and need no list. */
  #packets: Packet | readonly Packet[] = [];
  /** Sightings that were not put together yet. */
  #come: Sighting[] | null = null;
  /** Sightings that are no more. */
  #gone: Set<Sighting> | null = null;

  /**
   * Takes sightings that were not there before: those of one time in the order of the nodes and of time. The
   * list is its own afterwards.
   */
  take(run: Sighting[]): void {
    if (this.#come === null) this.#come = run;
    // There are as many as packets, and a list that grows by itself has room for sixteen more.
    else if (this.#come.length < FEW) this.#come = this.#come.concat(run);
    else for (const event of run) this.#come.push(event);
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
   * are put to `gone` and `come`. `shared`: the invariants of all of them.
   */
  correlate(shared: string, gone: Packet[], come: Packet[]): void {
    const before = this.#all;
    if (this.#isNothingLeft(before)) {
      this.#packets = [];
      this.#gone = null;
      for (const packet of before) if (isSeen(packet)) gone.push(packet);
      return;
    }
    const packets = packetsOf(this.#chains(shared));
    this.#packets = packets.length === 1 ? packets[0]! : packets;
    if (before.length === 0) {
      for (const packet of packets) if (isSeen(packet)) come.push(packet);
      return;
    }
    const known = new Map(before.filter(isSeen).map((packet) => [packet.first, packet]));
    const now = packets.map((packet) => {
      if (!isSeen(packet)) return packet;
      const same = known.get(packet.first);
      if (same && isSame(same, packet)) {
        known.delete(packet.first);
        return same;
      }
      come.push(packet);
      return packet;
    });
    this.#packets = now.length === 1 ? now[0]! : now;
    gone.push(...known.values());
  }

  /** All that it had is gone, and nothing came: what a store throws away is the whole of most packets. */
  #isNothingLeft(packets: readonly Packet[]): boolean {
    const gone = this.#gone;
    if (this.#come !== null || gone === null) return false;
    return packets.every(({ chains }) =>
      chains.every(({ events }) => events.every((event) => gone.has(event)))
    );
  }

  #chains(shared: string): Chain[] {
    const come = this.#come;
    if (come !== null && this.#gone === null && this.#all.length === 0) {
      this.#come = null;
      return chainsOfRuns(come, shared);
    }
    const byNode = [...this.#byNode()].sort(([a], [b]) => a.name < b.name ? -1 : 1);
    return byNode.flatMap(([node, own]) => chainsAmong(node, own.sort(byTime), shared));
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

/** Of sightings in the order of the nodes and of time. */
function chainsOfRuns(sightings: readonly Sighting[], shared: string): Chain[] {
  const { node } = sightings[0]!;
  const chains: Chain[] = [];
  if (sightings.at(-1)!.node === node) return chainsAmong(node, sightings, shared, chains);
  for (let from = 0; from < sightings.length;) {
    const { node } = sightings[from]!;
    let to = from + 1;
    while (sightings[to]?.node === node) to++;
    chainsAmong(node, sightings.slice(from, to), shared, chains);
    from = to;
  }
  return chains;
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
