/**
 * Packets of an incident, each judged by its own sightings, from one report to the next. What no new
 * event and no new reading of state can have changed is not worked out again. Rule D5.
 */
import { chainsAmong, claimOf } from "../correlate/chains.ts";
import { invariants } from "../correlate/identity.ts";
import { isSeen, type Packet, packetsOf } from "../correlate/packets.ts";
import { receivesUntraced } from "../kernel/devices.ts";
import { byTime, type NodeView, type Sighting } from "../view/timeline.ts";
import type { Told } from "../view/timelines.ts";
import { conclude } from "./judge.ts";
import { type Way, wayOf } from "./own_way.ts";
import type { Judgement, World } from "./judgement.ts";

/** Sightings with the same invariants: no packet has others (C1), and no other is looked at for it. */
interface Alike {
  /** By the name of the node, in the order of time. */
  sightings: Map<string, Sighting[]>;
  packets: Packet[];
  /** The way of each packet; null: not known any more. */
  ways: (Way | null)[];
}

/** What the packets of one incident came to. */
export interface JudgedPackets {
  /** Each judged by its own sightings, in the order of their first chains. Passes may revise them. */
  judgements: Judgement[];
  /** Sightings of no packet that is followed, in the order of the nodes and of time. */
  evidence: Sighting[];
  /** Events of no packet that could be understood. */
  unclaimed: number;
}

/** Remembers the packets of one incident. */
export class PacketMemory {
  #alike = new Map<string, Alike>();
  /** By the name of the node. */
  #evidence = new Map<string, Sighting[]>();
  #unclaimed = 0;

  /** Takes what is new in the views of the nodes, and judges what may have changed by it. */
  judge({ nodes, isAllNew, added, restated }: Told, world: World): JudgedPackets {
    if (isAllNew) {
      this.#alike.clear();
      this.#evidence.clear();
      this.#unclaimed = 0;
    }
    const grown = new Set<Alike>();
    for (const [node, sightings] of added) this.#take(node, sightings, grown);
    const changed = this.#restated(restated);
    const judgements = new Map<Packet, Judgement>();
    const firsts = new Map<Sighting, Packet>();
    const views = new Map(nodes.map((node) => [node.name, node]));
    for (const alike of this.#alike.values()) {
      if (grown.has(alike)) correlate(alike, nodes);
      else renewNodes(alike, views);
      alike.packets.forEach((packet, i) => {
        const way = (changed.has(alike) ? null : alike.ways[i]) ?? wayOf(packet);
        alike.ways[i] = way;
        judgements.set(packet, conclude(way, world));
        for (const { events } of packet.chains) firsts.set(events[0]!, packet);
      });
    }
    return {
      judgements: inOrder(nodes, firsts, judgements),
      evidence: nodes.flatMap(({ name }) => this.#evidence.get(name) ?? []),
      unclaimed: this.#unclaimed,
    };
  }

  #take(node: NodeView, sightings: readonly Sighting[], grown: Set<Alike>): void {
    const evidence: Sighting[] = [];
    for (const event of sightings) {
      const claim = claimOf(event);
      if (claim === "evidence") evidence.push(event);
      if (claim === "unclaimed") this.#unclaimed++;
      if (claim !== "packet") continue;
      const key = invariants(event);
      let alike = this.#alike.get(key);
      if (!alike) {
        alike = { sightings: new Map(), packets: [], ways: [] };
        this.#alike.set(key, alike);
      }
      const own = alike.sightings.get(node.name);
      if (own) own.push(event);
      else alike.sightings.set(node.name, [event]);
      grown.add(alike);
    }
    if (evidence.length === 0) return;
    const all = [...this.#evidence.get(node.name) ?? [], ...evidence];
    this.#evidence.set(node.name, all.sort(byTime));
  }

  /** Those whose ends depend on readings of state that are others now. */
  #restated(restated: ReadonlyMap<NodeView, number>): Set<Alike> {
    const changed = new Set<Alike>();
    if (restated.size === 0) return changed;
    const from = new Map([...restated].map(([node, at]) => [
      node.name,
      // These are looked up in the last reading of all, for packets of any time.
      hasUntimed(node) ? -Infinity : at,
    ]));
    for (const alike of this.#alike.values()) {
      for (const [name, sightings] of alike.sightings) {
        if (sightings.at(-1)!.at >= (from.get(name) ?? Infinity)) changed.add(alike);
      }
    }
    return changed;
  }
}

/** It has devices that receive without a tracepoint (`ownedAbove`), or ends of tunnels (`holds`). */
const hasUntimed = ({ states }: NodeView): boolean =>
  [...states.values()].some((list) =>
    list.some(({ state }) =>
      state.links.some(({ kind, tunnel }) => receivesUntraced(kind) || tunnel !== undefined)
    )
  );

/** Views are others in each report. */
function renewNodes({ packets }: Alike, views: ReadonlyMap<string, NodeView>): void {
  for (const chain of packets.flatMap(({ chains }) => chains)) {
    chain.node = views.get(chain.node.name)!;
  }
}

/** Puts the sightings together to packets, with nothing known of what became of them. */
function correlate(alike: Alike, nodes: readonly NodeView[]): void {
  const chains = nodes.flatMap((node) =>
    chainsAmong(node, alike.sightings.get(node.name)?.sort(byTime) ?? [])
  );
  alike.packets = packetsOf(chains).filter(isSeen);
  alike.ways = alike.packets.map(() => null);
}

/** In the order in which packets are found when all events are read at once. */
function inOrder(
  nodes: readonly NodeView[],
  firsts: ReadonlyMap<Sighting, Packet>,
  judgements: Map<Packet, Judgement>,
): Judgement[] {
  const result: Judgement[] = [];
  for (const { events } of nodes) {
    for (const event of events) {
      const packet = firsts.get(event);
      const judgement = packet && judgements.get(packet);
      if (!judgement) continue;
      result.push(judgement);
      judgements.delete(packet);
    }
  }
  return result;
}
