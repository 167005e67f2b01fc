/**
 * Whether the node that should have received a packet was being watched when it would have come.
 * Rule O13. Times of two nodes are never compared directly: how two clocks stand to each other follows
 * from packets that both nodes saw. Nodes of one kernel have one clock, which their wall clocks may
 * put in doubt and never prove. Other nodes that exchanged nothing are not placed at all.
 */
import type { Gap } from "../../event/gaps.ts";
import { deviceEvent } from "../correlate/steps.ts";
import { ask } from "../view/asked.ts";
import { isSameGap, isWatchedUntil, leftOutIn, type Rank } from "../view/coverage.ts";
import type { NodeView, Sighting } from "../view/timeline.ts";
import { TRAVEL_NS } from "./judge.ts";
import { type Judgement, revise } from "./judgement.ts";
import { type Bounds, boundsBetween, type Narrowest } from "./offsets.ts";
import type { Others } from "./others.ts";
import { rankOfPacket } from "./rank.ts";

/**
 * [O13] Takes back `vanished` where the next node may not have been watched at that moment, or another one
 * that holds the same address.
 */
export function doubtVanished(judgements: readonly Judgement[], { narrowest }: Others): void {
  const vanished = judgements.filter(({ outcome }) => outcome === "vanished");
  if (vanished.length === 0) return;
  const equals = equalTransmissions(judgements);
  for (const judgement of vanished) {
    const { awaited, awaitedElsewhere = [] } = judgement;
    const event = deviceEvent(judgement.end.step);
    const nodes = [awaited!, ...awaitedElsewhere].map(({ node }) => node)
      .filter((node) => node !== event.node);
    // Which of several equal packets is missing was decided by order, so it may be any of them: the
    // first and the last must both have come while the node was watched. So must this one: where digests
    // tell it from others, those that are left may have been on other nodes alone.
    const alike = equals.get(keyOf(judgement))?.filter((other) => other.node === event.node) ?? [];
    const { packet } = judgement;
    // It is kept with the question: the judgement would be, too.
    const rank = () => rankOfPacket(packet);
    const gap = nodes.flatMap((node) =>
      [event, ...alike].map((other) => askWindow(other, node, narrowest, rank))
    ).find((found) => found !== null);
    if (!gap) continue;
    revise(judgement, "O13", { outcome: "unknown", gap });
  }
}

const askWindow = (event: Sighting, node: NodeView, narrowest: Narrowest, rank: Rank): Gap | null =>
  ask(
    [
      narrowest.source,
      node.untilSource,
      node.coverageSource,
      node.gone.source,
      node.shared.settings,
    ],
    `window ${event.node.name} ${event.at} ${node.name} ${rank()}`,
    () => windowGap(event, node, boundsBetween(event.node, node, narrowest), rank),
    isSameGap,
  );

/** Equal for packets that look alike. */
const keyOf = ({ packet: { chains, forms } }: Judgement) =>
  `${chains[0]!.invariants} ${forms.keys().next().value}`;

/** By `keyOf`: the first and the last transmission of packets that look alike, on each node. */
function equalTransmissions(judgements: readonly Judgement[]): Map<string, Sighting[]> {
  const ends = new Map<string, Map<NodeView, { first: Sighting; last: Sighting }>>();
  for (const judgement of judgements) {
    if (!judgement.packet.ambiguous) continue;
    const key = keyOf(judgement);
    if (!ends.has(key)) ends.set(key, new Map());
    const nodes = ends.get(key)!;
    for (const { event } of judgement.steps) {
      if (event.kind !== "device-tx") continue;
      const { first, last } = nodes.get(event.node) ?? { first: event, last: event };
      nodes.set(event.node, {
        first: event.at < first.at ? event : first,
        last: event.at > last.at ? event : last,
      });
    }
  }
  return new Map([...ends].map(([key, nodes]) => [
    key,
    [...nodes.values()].flatMap(({ first, last }) => [first, last]),
  ]));
}

/** Null when the node was watched, and nothing was left out on it, for all the time in which the packet may have come to it. */
function windowGap(
  event: Sighting,
  node: NodeView,
  bounds: Bounds | undefined,
  rank: Rank,
): Gap | null {
  // Bounds rest on how long a packet travels at most: where one took longer, they contradict each other.
  const isSound = bounds !== undefined && bounds.leastNs <= bounds.mostNs;
  const arrival = isSound
    ? { earliest: event.at + bounds.leastNs, latest: event.at + bounds.mostNs }
    : byOneKernel(event, node);
  if (!arrival) {
    const names = `the clocks of ${event.node.name} and ${node.name} stand`;
    const text = bounds
      ? `packets contradict each other on how ${names}`
      : `nothing tells how ${names}`;
    return { code: "clocks-unrelated", text };
  }
  if (arrival.earliest < node.attachedAt) {
    const text = `${node.name} may not have been watched yet when it would have come`;
    return { code: "watched-too-late", text };
  }
  if (!isWatchedUntil(node, arrival.latest + TRAVEL_NS, arrival.latest)) {
    const text = `${node.name} may not have been watched any more when it would have come`;
    return { code: "watched-too-short", text };
  }
  const when = { node, from: arrival.earliest, to: arrival.latest + 2 * TRAVEL_NS };
  return leftOutIn(node, when, rank);
}

/** How far apart one kernel's nodes may have paired their clocks: a reading on a busy machine, ms. */
const PAIRING_MS = 500;

/**
 * The time of arrival as the node's `at`, where both nodes are of one start of one kernel: their clock
 * is the same. Null for other nodes, and where their pairings with the time of day contradict it.
 */
function byOneKernel(event: Sighting, node: NodeView) {
  const [there, here] = [event.node, node];
  const { boot } = here.header;
  if (boot === undefined || boot !== there.header.boot) return null;
  if (there.wallSteps || here.wallSteps) return null;
  if (Math.abs(wallOffsetMs(there) - wallOffsetMs(here)) > PAIRING_MS) return null;
  const at = event.at + Number(there.baseNs - here.baseNs);
  return { earliest: at, latest: at };
}

/** Time of day less the monotonic clock, ms. */
const wallOffsetMs = ({ clock }: NodeView): number =>
  clock.wallMs - Number(BigInt(clock.monotonicNs) / 1_000_000n);
