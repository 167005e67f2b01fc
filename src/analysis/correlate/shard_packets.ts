/** The packets that shards of an incident put together, taken into the views of their nodes. */
import type { Chain } from "./chains.ts";
import { formKey, invariants } from "./identity.ts";
import { formsOf, type Packet } from "./packets.ts";
import type { ShardPacket } from "../view/input.ts";
import { byTime, type NodeView, type Sighting } from "../view/timeline.ts";

/**
 * Adds the packets' events to the views of their nodes, and returns the packets, in the order in
 * which an analysis that was given all events has them. Chains of unknown nodes are left out.
 */
export function addShardPackets(
  nodes: readonly NodeView[],
  given: Iterable<ShardPacket>,
): Packet[] {
  const views = new Map(nodes.map((node) => [node.name, node]));
  const packets = [...given].map((chains) => packetOf(chains, views))
    .filter(({ chains }) => chains.length > 0);
  for (const node of nodes) {
    const own = packets.flatMap(({ chains }) => chains)
      .flatMap((chain) => chain.node === node ? chain.events : []);
    node.addEvents(own.sort(byTime));
    node.watchedUntil(node.events.at(-1)?.at ?? 0);
  }
  return packets.sort((a, b) => byChain(a.chains[0]!, b.chains[0]!));
}

function packetOf(given: ShardPacket, views: ReadonlyMap<string, NodeView>): Packet {
  const chains: Chain[] = [];
  for (const { node: name, events } of given) {
    const node = views.get(name);
    if (!node) continue;
    const sightings = events.map((event): Sighting => ({
      ...event,
      node,
      at: Number(event.timeNs - node.baseNs),
    }));
    chains.push({ node, events: sightings, invariants: invariants(sightings[0]!) });
  }
  const forms = new Map(chains.flatMap(formsOf).map((form) => [formKey(form), form]));
  return { chains, forms, ambiguous: given.some(({ repeated }) => repeated === true) };
}

function byChain(a: Chain, b: Chain): number {
  if (a.node !== b.node) return a.node.name < b.node.name ? -1 : 1;
  return byTime(a.events[0]!, b.events[0]!);
}
