/** Packets that shards of the incident put together, in the views of their nodes. */
import type { Event } from "../../event/event.ts";
import { asRows } from "../../event/read_rows.ts";
import type { GrowingNodes } from "./growing.ts";
import type { ShardPacket } from "./input.ts";
import { sighted } from "./sighted.ts";
import { byTime, type NodeView, type Sighting } from "./timeline.ts";

/** A packet of a shard as its nodes know it. */
export interface GivenPacket {
  /** Those of known nodes, each in the order of time. */
  chains: { node: NodeView; events: Sighting[] }[];
  /** Its packet is one of several that look alike. */
  isRepeated: boolean;
}

/** What is other than before. */
export interface PacketChange {
  come: GivenPacket[];
  gone: GivenPacket[];
}

/** The packets that were given, by their identity. */
export class GivenPackets {
  readonly #known = new Map<ShardPacket, GivenPacket>();
  /** Those with a chain of a node that is not known yet. */
  readonly #lacking = new Set<ShardPacket>();

  /** `given`: all that there are now. Their events are in the views of their nodes after that. */
  change(given: readonly ShardPacket[], nodes: GrowingNodes): PacketChange {
    if (given.length === 0 && this.#known.size === 0) return NO_CHANGE;
    const now = new Set(given);
    const gone = [...this.#known.keys()].filter((packet) =>
      !now.has(packet) || this.#isKnownNow(packet, nodes)
    );
    const change: PacketChange = { come: [], gone: gone.map((each) => this.#known.get(each)!) };
    const removed = new Map<string, Event[]>();
    for (const packet of gone) {
      this.#known.delete(packet);
      this.#lacking.delete(packet);
      for (const { node, events } of packet) addTo(removed, node, events);
    }
    for (const [name, events] of removed) nodes.remove(name, events);
    const added = new Map<NodeView, Sighting[]>();
    for (const packet of now) {
      if (this.#known.has(packet)) continue;
      const taken = takenOf(packet, nodes);
      this.#known.set(packet, taken);
      if (taken.chains.length < packet.length) this.#lacking.add(packet);
      if (taken.chains.length > 0) change.come.push(taken);
      for (const { node, events } of taken.chains) addTo(added, node, events);
    }
    for (const [node, events] of added) node.addEvents(events.sort(byTime));
    return change;
  }

  /** A node of the packet was not known when it was taken, and is now. */
  #isKnownNow(packet: ShardPacket, nodes: GrowingNodes): boolean {
    return this.#lacking.has(packet) &&
      takenOf(packet, nodes).chains.length > this.#known.get(packet)!.chains.length;
  }
}

const NO_CHANGE: PacketChange = { come: [], gone: [] };

function addTo<K, V>(lists: Map<K, V[]>, key: K, items: readonly V[]): void {
  const own = lists.get(key);
  if (!own) lists.set(key, items.slice());
  else for (const item of items) own.push(item);
}

/** Chains of unknown nodes are left out. */
function takenOf(packet: ShardPacket, nodes: GrowingNodes): GivenPacket {
  const known = packet.flatMap(({ node: name, events }) => {
    const node = nodes.get(name);
    return node ? [{ node, events }] : [];
  });
  // One block for all of them: they come and go together.
  const rows = asRows(known.flatMap(({ events }) => events)).values();
  const chains = known.map(({ node, events }) => ({
    node,
    events: sighted(node, [...rows.take(events.length)]),
  }));
  return { chains, isRepeated: packet.some(({ repeated }) => repeated === true) };
}
