/** Packets that look alike: which of them a chain belongs to is decided by order. Rule C6. */
import type { Chain } from "./chains.ts";
import { isSideCopy, isSolicitationCopy } from "../kernel/frees.ts";
import { Lane, type Occurrence } from "./lane.ts";
import { sameFrame } from "./frames.ts";
import type { NodeView, Sighting } from "../view/timeline.ts";
import type { Union } from "./union.ts";

/**
 * [C6] Equal-looking packets: on each node a chain belongs to the first of them that has not been
 * at any of its points yet; between nodes the first that left one is the first at the next.
 */
export function joinInOrder(chains: readonly Chain[], members: number[], union: Union): void {
  const byNode = new Map<NodeView, Lane>();
  const asks: number[] = [];
  for (const member of members) {
    const chain = chains[member]!;
    if (chain.events.every(isSideCopy)) continue;
    let lane = byNode.get(chain.node);
    if (!lane) byNode.set(chain.node, lane = new Lane());
    if (chain.events.every(isSolicitationCopy)) asks.push(member);
    else union.join(lane.place(member, chain), member);
  }
  for (const member of asks) {
    const chain = chains[member]!;
    union.join(byNode.get(chain.node)!.placeAsk(member, chain), member);
  }
  const ways = inOrder([...byNode.values()].map(({ occurrences }) => ({
    occurrences,
    sent: eventsOf(occurrences, "device-tx"),
    received: eventsOf(occurrences, "device-rx"),
  })));
  ways.forEach((way, i) => {
    const earlier = ways.slice(0, i).reverse();
    const from = earlier.find((other) => feeds(other, way));
    const beside = from ? undefined : earlier.find((other) => isBeside(other, way));
    const sender = from ?? earlier.find(isMeant);
    const arriving = beside?.occurrences ??
      (sender ? leavers(sender) : earlier[0]?.occurrences ?? []);
    way.occurrences.forEach((occurrence, k) => {
      if (arriving[k]) union.join(arriving[k].member, occurrence.member);
    });
  });
}

/** Equal packets on one node, and the hops of the one that came the furthest there. */
interface Way {
  occurrences: readonly Occurrence[];
  sent: readonly Sighting[];
  received: readonly Sighting[];
}

const isMeant = ({ occurrences }: Way) => occurrences.some(({ meant }) => meant);

/** What goes on to others, in the order in which it left. */
function leavers({ occurrences }: Way): Occurrence[] {
  const leftAt = ({ chains }: Occurrence) =>
    Math.max(
      ...chains.flatMap(({ events }) =>
        events.filter(({ kind }) => kind === "device-tx").map(({ at }) => at)
      ),
    );
  return occurrences.filter(({ drop }) => drop === null)
    .map((occurrence) => ({ occurrence, at: leftAt(occurrence) }))
    .sort((a, b) => a.at - b.at).map(({ occurrence }) => occurrence);
}

/** Each after those that sent to it; where no frame tells, by TTL. */
function inOrder(ways: readonly Way[]): Way[] {
  const left = ways.map((way) => ({ way, rank: rankOf(way) })).sort((a, b) => a.rank - b.rank)
    .map(({ way }) => way);
  const ordered: Way[] = [];
  while (left.length > 0) {
    const free = left.findIndex((way) =>
      left.every((other) => other === way || !feeds(other, way))
    );
    ordered.push(...left.splice(Math.max(free, 0), 1));
  }
  return ordered;
}

/** A frame that one node sent is one that the other received. */
const feeds = ({ sent }: Way, { received }: Way) =>
  received.some((event) => sent.some((other) => sameFrame(other, event)));

/** Both received one frame, which was flooded by somebody without a probe. */
const isBeside = (one: Way, other: Way) =>
  other.received.some((event) => one.received.some((known) => sameFrame(known, event)));

function eventsOf(occurrences: readonly Occurrence[], kind: Sighting["kind"]): Sighting[] {
  let most: Sighting[] = [];
  for (const { chains } of occurrences) {
    const events = chains.flatMap((chain) => chain.events.filter((event) => event.kind === kind));
    if (events.length > most.length) most = events;
  }
  return most;
}

/** The higher its TTL, the earlier; where that is equal, who has not received it from another. */
function rankOf({ occurrences }: Way): number {
  const event = occurrences[0]!.chains[0]!.events[0]!;
  const ttl = (event.ttl ?? 0) * 256 + (event.tunnelTtl ?? 255);
  return -2 * ttl + (event.kind === "device-rx" ? 1 : 0);
}
