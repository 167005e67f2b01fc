/** The packets that shards of an incident put together. */
import type { GivenPacket } from "../view/given_packets.ts";
import { byTime } from "../view/timeline.ts";
import type { Chain } from "./chains.ts";
import { formsOfChains } from "./forms.ts";
import { invariants } from "./identity.ts";
import { Packet } from "./packets.ts";

/** Packets as their shards put them together, in the order in which an analysis of all events has them. */
export const packetsOfShards = (given: readonly GivenPacket[]): [GivenPacket, Packet][] =>
  given.map((each): [GivenPacket, Packet] => [each, packetOf(each)])
    .sort(([, a], [, b]) => byChain(a.chains[0]!, b.chains[0]!));

function packetOf({ chains: given, isRepeated }: GivenPacket): Packet {
  const chains = given.map(({ node, events }): Chain => ({
    ...{ node, events, invariants: invariants(events[0]!) },
  }));
  return new Packet(chains, formsOfChains(chains), isRepeated);
}

function byChain(a: Chain, b: Chain): number {
  if (a.node !== b.node) return a.node.name < b.node.name ? -1 : 1;
  return byTime(a.events[0]!, b.events[0]!);
}
