/** Packets that look alike: which of them a chain belongs to is decided by order. Rule C6. */
import { type Chain, pointOf } from "./chains.ts";
import { isLook, isTelling } from "./ends.ts";
import { sameFrame } from "./links.ts";
import type { NodeView, Sighting } from "./timeline.ts";
import type { Union } from "./union.ts";

/** One of several equal packets on one node. */
interface Occurrence {
  /** Number of its first chain. */
  member: number;
  chains: Chain[];
  points: Set<string>;
  /** Where it died on this node. */
  drop: Sighting | null;
  /** Not only a frame flooded to somebody it was not for. */
  meant: boolean;
}

/**
 * [C6] Equal-looking packets: on each node a chain belongs to the first of them that has not been
 * at any of its points yet; between nodes the first that left one is the first at the next.
 */
export function joinInOrder(chains: readonly Chain[], members: number[], union: Union): void {
  const byNode = new Map<NodeView, Occurrence[]>();
  for (const member of members) {
    const chain = chains[member]!;
    if (chain.events.every(isLook)) continue;
    let occurrences = byNode.get(chain.node);
    if (!occurrences) byNode.set(chain.node, occurrences = []);
    place(occurrences, member, chain, union);
  }
  const lanes = inOrder([...byNode.values()]);
  lanes.forEach((lane, i) => {
    const earlier = lanes.slice(0, i).reverse();
    const from = earlier.find((other) => feeds(other, lane)) ?? earlier.find(isMeant);
    const arriving = from?.filter((occurrence) => occurrence.drop === null) ?? [];
    lane.forEach((occurrence, k) => {
      if (arriving[k]) union.join(arriving[k].member, occurrence.member);
    });
  });
}

const isMeant = (lane: readonly Occurrence[]) => lane.some((occurrence) => occurrence.meant);

/** A chain this long after a drop is another packet's, even if it has the same data. */
const AFTERLIFE_NS = 5e6;

function place(occurrences: Occurrence[], member: number, chain: Chain, union: Union): void {
  const points = chain.events.map((event) => `${pointOf(event)} ${event.ttl ?? ""}`);
  const first = chain.events[0]!;
  let occurrence = occurrences.find((known) =>
    points.every((point) => !known.points.has(point)) && !isOver(known, first)
  );
  if (!occurrence) {
    occurrence = { member, chains: [], points: new Set(), drop: null, meant: false };
    occurrences.push(occurrence);
  }
  union.join(occurrence.member, member);
  occurrence.chains.push(chain);
  for (const point of points) occurrence.points.add(point);
  for (const event of chain.events) {
    if (event.packetType === "otherhost") continue;
    if (event.kind === "drop" && isTelling(event)) occurrence.drop = event;
    occurrence.meant = true;
  }
}

function isOver({ drop }: Occurrence, event: Sighting): boolean {
  if (!drop || event.at < drop.at) return false;
  return event.head !== drop.head || event.at - drop.at > AFTERLIFE_NS;
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

/** Of one occurrence: the others went the same way. */
const eventsOf = (lane: readonly Occurrence[], kind: Sighting["kind"]) =>
  lane[0]!.chains.flatMap((chain) => chain.events.filter((event) => event.kind === kind));

/** The higher its TTL, the earlier; where that is equal, who has not received it from another. */
function rankOf(lane: readonly Occurrence[]): number {
  const event = lane[0]!.chains[0]!.events[0]!;
  const ttl = (event.ttl ?? 0) * 256 + (event.tunnelTtl ?? 255);
  return -2 * ttl + (event.kind === "device-rx" ? 1 : 0);
}
