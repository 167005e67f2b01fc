/** Of which sighting a clone or copy on the same node was made. Rule C5. */
import { isDeviceKind } from "../../event/kinds.ts";
import type { Sighting } from "../view/timeline.ts";
import { hasFewSightings, type Packet } from "./packets.ts";

/** Sightings by the node's clock; of those at one moment, the first chain's is the first. */
type InOrder = Sighting[];

/** A packet's sightings on devices by what a copy may share with them. */
interface Hops {
  all: InOrder;
  byNetns: Map<number | undefined, InOrder>;
  byHead: Map<string | undefined, InOrder>;
  byBoth: Map<string, InOrder>;
}

/**
 * Looks up the originals of a packet's copies. A frame that is flooded to many ports has as many
 * copies as sightings, too many to compare all with all.
 */
export class Originals {
  /** Made when the first is looked up: most packets have none to look up, or few sightings. */
  #nodes: Map<Sighting["node"], Hops> | null = null;

  constructor(readonly packet: Packet) {}

  /** As `of` finds it, by looking at all sightings. */
  #among({ node, at, netns, head }: Sighting): Sighting | null {
    let best: Sighting | null = null;
    let most = 0;
    for (const chain of this.packet.chains) {
      if (chain.node !== node) continue;
      for (const event of chain.events) {
        if (event.at >= at || !isDeviceKind(event.kind)) continue;
        const isHere = netns !== undefined && event.netns === netns;
        const shared = 1 + (isHere ? 2 : 0) + (event.head === head ? 1 : 0);
        if (shared < most || (shared === most && event.at <= best!.at)) continue;
        best = event;
        most = shared;
      }
    }
    return best;
  }

  #read(): Map<Sighting["node"], Hops> {
    const nodes = new Map<Sighting["node"], Hops>();
    for (const { events } of this.packet.chains) {
      for (const event of events) if (isDeviceKind(event.kind)) addTo(nodes, event);
    }
    for (const { all, byNetns, byHead, byBoth } of nodes.values()) {
      for (const list of [all, ...byNetns.values(), ...byHead.values(), ...byBoth.values()]) {
        list.sort((a, b) => a.at - b.at);
      }
    }
    return nodes;
  }

  /**
   * The latest sighting before the copy's first. Prefers one in the copy's namespace, then one that
   * shares its data. Those of its own skb are all later than its first.
   */
  of(copy: Sighting): Sighting | null {
    if (hasFewSightings(this.packet)) return this.#among(copy);
    this.#nodes ??= this.#read();
    const hops = this.#nodes.get(copy.node);
    if (hops === undefined) return null;
    const { at, netns, head } = copy;
    const inNamespace = netns === undefined
      ? null
      : lastBefore(hops.byBoth.get(bothOf(copy)), at) ?? lastBefore(hops.byNetns.get(netns), at);
    return inNamespace ?? lastBefore(hops.byHead.get(head), at) ?? lastBefore(hops.all, at);
  }
}

function addTo(nodes: Map<Sighting["node"], Hops>, event: Sighting): void {
  let hops = nodes.get(event.node);
  if (hops === undefined) {
    hops = { all: [], byNetns: new Map(), byHead: new Map(), byBoth: new Map() };
    nodes.set(event.node, hops);
  }
  hops.all.push(event);
  listOf(hops.byNetns, event.netns).push(event);
  listOf(hops.byHead, event.head).push(event);
  listOf(hops.byBoth, bothOf(event)).push(event);
}

const bothOf = ({ netns, head }: Sighting) => `${netns} ${head}`;

function listOf<K>(lists: Map<K, InOrder>, key: K): InOrder {
  let list = lists.get(key);
  if (list === undefined) lists.set(key, list = []);
  return list;
}

/** The last one before a moment; of several at one moment, the first. */
function lastBefore(list: InOrder | undefined, at: number): Sighting | null {
  if (list === undefined) return null;
  let index = countBefore(list, at);
  if (index === 0) return null;
  index = countBefore(list, list[index - 1]!.at);
  return list[index]!;
}

/** How many are before a moment. */
function countBefore(list: InOrder, at: number): number {
  let low = 0;
  let high = list.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (list[middle]!.at < at) low = middle + 1;
    else high = middle;
  }
  return low;
}
