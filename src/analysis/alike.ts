/** Packets that look alike: which of them a chain belongs to is decided by order. Rule C6. */
import type { Chain } from "./chains.ts";
import { isAsk, isLook } from "./ends.ts";
import { Lane, type Occurrence } from "./lane.ts";
import { sameFrame } from "./links.ts";
import type { NodeView, Sighting } from "./timeline.ts";
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
    if (chain.events.every(isLook)) continue;
    let lane = byNode.get(chain.node);
    if (!lane) byNode.set(chain.node, lane = new Lane());
    if (chain.events.every(isAsk)) asks.push(member);
    else union.join(lane.place(member, chain), member);
  }
  for (const member of asks) {
    const chain = chains[member]!;
    union.join(byNode.get(chain.node)!.placeAsk(member, chain), member);
  }
  const lanes = inOrder([...byNode.values()].map((lane) => lane.occurrences));
  lanes.forEach((lane, i) => {
    const earlier = lanes.slice(0, i).reverse();
    const from = earlier.find((other) => feeds(other, lane));
    const beside = from ? undefined : earlier.find((other) => isBeside(other, lane));
    const sender = from ?? earlier.find(isMeant);
    const arriving = beside ??
      (sender ? leavers(sender) : earlier[0] ?? []);
    lane.forEach((occurrence, k) => {
      if (arriving[k]) union.join(arriving[k].member, occurrence.member);
    });
  });
}

const isMeant = (lane: readonly Occurrence[]) => lane.some((occurrence) => occurrence.meant);

/** What goes on to others, in the order in which it left. */
function leavers(lane: readonly Occurrence[]): Occurrence[] {
  const leftAt = ({ chains }: Occurrence) =>
    Math.max(
      ...chains.flatMap(({ events }) =>
        events.filter(({ kind }) => kind === "device-tx").map(({ at }) => at)
      ),
    );
  return lane.filter(({ drop }) => drop === null)
    .map((occurrence) => ({ occurrence, at: leftAt(occurrence) }))
    .sort((a, b) => a.at - b.at).map(({ occurrence }) => occurrence);
}

/** Lanes so that each comes after those that sent to it; where no frame tells, by TTL. */
function inOrder(lanes: Occurrence[][]): Occurrence[][] {
  const left = lanes.map((lane) => ({ lane, rank: rankOf(lane) })).sort((a, b) => a.rank - b.rank)
    .map(({ lane }) => lane);
  const ordered: Occurrence[][] = [];
  while (left.length > 0) {
    const free = left.findIndex((lane) =>
      left.every((other) => other === lane || !feeds(other, lane))
    );
    ordered.push(...left.splice(Math.max(free, 0), 1));
  }
  return ordered;
}

/** A frame that one node sent is one that the other received. */
function feeds(from: readonly Occurrence[], to: readonly Occurrence[]): boolean {
  const sent = eventsOf(from, "device-tx");
  return eventsOf(to, "device-rx").some((event) => sent.some((other) => sameFrame(other, event)));
}

/** Both received one frame, which was flooded by somebody without a probe. */
function isBeside(one: readonly Occurrence[], other: readonly Occurrence[]): boolean {
  const received = eventsOf(one, "device-rx");
  return eventsOf(other, "device-rx").some((event) =>
    received.some((known) => sameFrame(known, event))
  );
}

/** Of the first occurrence that has some: the others went the same way, as far as they came. */
function eventsOf(lane: readonly Occurrence[], kind: Sighting["kind"]): Sighting[] {
  for (const { chains } of lane) {
    const events = chains.flatMap((chain) => chain.events.filter((event) => event.kind === kind));
    if (events.length > 0) return events;
  }
  return [];
}

/** The higher its TTL, the earlier; where that is equal, who has not received it from another. */
function rankOf(lane: readonly Occurrence[]): number {
  const event = lane[0]!.chains[0]!.events[0]!;
  const ttl = (event.ttl ?? 0) * 256 + (event.tunnelTtl ?? 255);
  return -2 * ttl + (event.kind === "device-rx" ? 1 : 0);
}
