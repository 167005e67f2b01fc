/** Packets that look alike: which of them a chain belongs to is decided by order. Rule C6. */
import { type Chain, excludes, pointOf } from "./chains.ts";
import { isAsk, isLook, isStrange, isTelling } from "./ends.ts";
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
  const asks: number[] = [];
  for (const member of members) {
    const chain = chains[member]!;
    if (chain.events.every(isLook)) continue;
    if (!byNode.has(chain.node)) byNode.set(chain.node, []);
    if (chain.events.every(isAsk)) asks.push(member);
    else place(byNode.get(chain.node)!, member, chain, union);
  }
  for (const member of asks) placeAsk(byNode.get(chains[member]!.node)!, member, chains, union);
  const lanes = inOrder([...byNode.values()]);
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

function place(occurrences: Occurrence[], member: number, chain: Chain, union: Union): void {
  const points = chain.events.map((event) =>
    `${excludes(event) ?? pointOf(event)} ${event.ttl ?? ""}`
  );
  const first = chain.events[0]!;
  const open = occurrences.filter((known) =>
    points.every((point) => !known.points.has(point)) && !isOver(known, first)
  );
  const isHop = first.kind === "device-rx" || first.kind === "device-tx";
  const isOther = !isHop && first.kind === "drop" && isTelling(first);
  const occurrence = open.findLast((known) => shares(known, first)) ??
    (isOther ? undefined : open[0]) ?? begin(occurrences, member);
  add(occurrence, member, chain, union);
  for (const point of points) occurrence.points.add(point);
}

function begin(occurrences: Occurrence[], member: number): Occurrence {
  const occurrence = { member, chains: [], points: new Set<string>(), drop: null, meant: false };
  occurrences.push(occurrence);
  return occurrence;
}

function add(occurrence: Occurrence, member: number, chain: Chain, union: Union): void {
  union.join(occurrence.member, member);
  occurrence.chains.push(chain);
  for (const event of chain.events) {
    if (isStrange(event)) continue;
    if (event.kind === "drop" && isTelling(event)) occurrence.drop = event;
    if (event.kind === "device-tx" || event.packetType !== "otherhost") occurrence.meant = true;
  }
}

/**
 * The copy shares its data with the packet, which is seen before, after or both, and nothing else
 * does so at that time: of several that had that memory it is the nearest.
 */
function placeAsk(
  occurrences: Occurrence[],
  member: number,
  chains: readonly Chain[],
  union: Union,
): void {
  const ask = chains[member]!.events[0]!;
  let best: Occurrence | undefined;
  let least = Infinity;
  for (const occurrence of occurrences) {
    for (const { at, head } of occurrence.chains.flatMap(({ events }) => events)) {
      const distance = Math.abs(at - ask.at);
      if (head !== ask.head || distance >= least) continue;
      [best, least] = [occurrence, distance];
    }
  }
  add(best ?? begin(occurrences, member), member, chains[member]!, union);
}

/** A copy has the skb of its original, or at least the data. */
function shares({ chains }: Occurrence, event: Sighting): boolean {
  return chains.some((chain) =>
    !isFree(chain.events.at(-1)!) &&
    chain.events.some(({ skb, head }) => skb === event.skb || head === event.head)
  );
}

/** Its end frees the memory for others. */
const isFree = ({ kind }: Sighting) => kind === "drop" || kind === "consume";

/** Dropped before it was seen on any device: what comes after it is no copy of it. */
function isOver({ drop, chains }: Occurrence, event: Sighting): boolean {
  if (!drop || event.at < drop.at) return false;
  return !chains.some((chain) => chain.events.some((other) => other.kind.startsWith("device-")));
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
