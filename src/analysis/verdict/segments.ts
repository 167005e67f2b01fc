/**
 * [C7] One GSO packet of the sender is several packets on the wire, and several received ones may
 * be one by GRO: pieces are joined to what they are a piece of by sequence range, and not counted
 * again.
 */
import { TCP } from "../kernel/protocols.ts";
import type { FlowGroup } from "./flows.ts";
import { inherit, type Judgement } from "./judgement.ts";
import type { NodeView, Sighting } from "../view/timeline.ts";
import type { Step } from "../correlate/steps.ts";
import { cutsOf } from "./cuts.ts";
import { floodedCopies } from "./merged_copies.ts";
import {
  continues,
  distance,
  isOrigin,
  isSame,
  isSent,
  nearOf,
  overlap,
  type Range,
  rangeOf,
} from "./ranges.ts";

/**
 * Takes pieces out of a TCP flow's packets; what they are pieces of gets their outcome. Flows of
 * other protocols stay as they are.
 */
export function absorbPieces(group: FlowGroup): void {
  if (group.form.protocol !== TCP) return;
  const seen = group.packets.map(rangeOf).filter((range) => range !== null);
  const copies = floodedCopies(seen);
  const ranges = copies.size > 0 ? seen.filter((range) => !copies.has(range)) : seen;
  // The smallest first, and the sender's own last: what was cut on the way and cut again must know
  // the fate of its pieces before it tells that of the packet it is a piece of.
  const cuts = cutsOf(ranges);
  const wholes = ranges.filter((range) => isWhole(range) || cuts.has(range)).sort((a, b) =>
    Number(isOrigin(a.judgement)) - Number(isOrigin(b.judgement)) || a.length - b.length
  );
  const absorbed = new Set<Judgement>([...copies].map(({ judgement }) => judgement));
  if (wholes.length === 0 && absorbed.size === 0) return;
  // A packet that its node sent, but was not seen to receive, may be a piece that was forwarded.
  const pieces = ranges.filter(({ judgement }) =>
    !isOrigin(judgement) || judgement.end.kind !== "left"
  );
  const mayBePiece = new Set(pieces);
  const near = nearOf(pieces);
  const claims = claimsOf(wholes, pieces, near);
  const owners = new Map<Range, Range[]>();
  for (const whole of wholes) {
    const cut = new Set(cuts.get(whole));
    const came = isWhole(whole)
      ? near(whole).filter((piece) =>
        overlaps(whole, piece) && !isSame(whole, piece) && claims(whole, piece) &&
        !(mayBePiece.has(whole) && wasBefore(piece, whole))
      )
      : [];
    const within = new Set([...cut, ...came]);
    // A piece of a piece is already part of that piece.
    const parts = [...within].filter((piece) =>
      !owners.get(piece)?.some((owner) => within.has(owner))
    );
    if (parts.length === 0) continue;
    for (const part of parts) {
      // A router may put packets together (GRO) and cut them again. Then the piece is what a sender
      // sent, and the whole is no packet of its own.
      const counted = !cut.has(part) && isSent(part.judgement) ? whole : part;
      if (cut.has(part) || !isSent(counted.judgement)) absorbed.add(counted.judgement);
      owners.set(part, [...owners.get(part) ?? [], whole]);
    }
    // What was put together again as it was is known to have arrived; its pieces show by which device.
    const isKnown = wentOn(whole);
    if (isKnown && parts[0] && cut.has(parts[0])) passBy(whole.judgement, parts[0].judgement);
    const from = speaker(whole, isKnown ? parts.filter((part) => !cut.has(part)) : parts);
    if (from) inherit(whole.judgement, from.judgement, "C7");
    else whole.judgement.pieces = parts.map(({ judgement }) => judgement);
  }
  if (absorbed.size > 0) group.packets = group.packets.filter((packet) => !absorbed.has(packet));
}

/** May have been cut after it was last seen: a sender's own packet, or one that GRO put together. */
function isWhole({ judgement }: Range): boolean {
  if (judgement.end.kind !== "left") return false;
  return isOrigin(judgement) || (judgement.steps[0]!.event.gsoSegments ?? 1) > 1;
}

/** It was seen on another node than that which made it, or ended. */
function wentOn({ judgement: { steps, end } }: Range): boolean {
  if (end.kind !== "left" && end.kind !== "silent" && end.kind !== "routine") return true;
  return steps.at(-1)!.event.node !== steps[0]!.event.node;
}

/**
 * The piece whose fate is that of the whole: a dropped one; else a delivered one, when all bytes were
 * delivered; else one that is lost in another way. None when pieces are missing.
 */
function speaker(whole: Range, parts: readonly Range[]): Range | undefined {
  const by = (outcome: Judgement["outcome"]) =>
    parts.find((part) => part.judgement.outcome === outcome);
  const covered = parts.filter((part) => part.judgement.outcome === "delivered")
    .reduce((total, part) => total + overlap(whole, part), 0);
  const dead = by("dropped");
  if (dead) return dead;
  if (covered >= whole.length) return by("delivered");
  return by("vanished") ?? by("unknown") ?? by("in-flight");
}

/**
 * Tells whether a piece is of this whole, where a segment was sent again in the same range. The piece
 * is of the one whose IP ids it continues; where there are none, the first that came is of the first
 * that was sent.
 */
function claimsOf(
  wholes: readonly Range[],
  pieces: readonly Range[],
  near: ReturnType<typeof nearOf>,
) {
  const rivals = byStart(wholes);
  const nearWholes = nearOf(wholes);
  const nodeOf = ({ judgement }: Range) => judgement.steps[0]!.event.node;
  // Before any piece gives a whole its way.
  const visited = new Map(wholes.map((whole) => [whole, nodesOf(whole)]));
  const firstAt = new Map(pieces.map((piece) => [piece, firstAtNodes(piece)]));
  /**
   * How often the first byte that both have had come to the piece's node before: 0 for the first time.
   * What GRO put together may begin with a packet that came otherwise the times before.
   */
  const timesBefore = (whole: Range, piece: Range) => {
    const came = afterWhole(whole, piece);
    const from = distance(piece.from, whole.from) > 0 ? whole.from : piece.from;
    const start = { ...piece, from, length: 1 };
    return near(start).filter((other) => {
      if (other === piece || overlap(start, other) === 0) return false;
      const first = firstAt.get(other)!;
      // What passed the whole's node came uncut, as its attempt did, which has no pieces there.
      return !first.has(nodeOf(whole)) && (first.get(came.node) ?? Infinity) < came.at;
    }).length;
  };
  return (whole: Range, piece: Range): boolean => {
    // What came to the piece's node uncut is not what was cut before it.
    const isUncut = (other: Range) => visited.get(other)!.has(nodeOf(piece));
    if (isUncut(whole)) return false;
    if (continues(whole, piece)) return true;
    const isNamed = nearWholes(piece).some((other) =>
      nodeOf(other) === nodeOf(whole) && overlap(other, piece) > 0 && !isUncut(other) &&
      continues(other, piece)
    );
    if (isNamed) return false;
    const others = rivals.get(startOf(whole))!.filter((other) => !isUncut(other));
    return others[Math.min(timesBefore(whole, piece), others.length - 1)] === whole;
  };
}

/**
 * Where a piece was seen first behind its whole. One of a packet that nothing numbers may have been
 * joined to an attempt that its sender had made before [C6], and then begins there.
 */
function afterWhole(whole: Range, { judgement: { steps } }: Range): Sighting {
  const { ttl } = whole.judgement.steps.at(-1)!.event;
  const behind = ttl === undefined
    ? undefined
    : steps.find(({ event }) => event.ttl !== undefined && event.ttl <= ttl);
  return (behind ?? steps[0]!).event;
}

/** When a packet was seen first on each node, an `at`. */
function firstAtNodes({ judgement: { steps } }: Range): Map<NodeView, number> {
  const first = new Map<NodeView, number>();
  for (const { event: { node, at } } of steps) if (!first.has(node)) first.set(node, at);
  return first;
}

const nodesOf = ({ judgement }: Range) => new Set(judgement.steps.map(({ event }) => event.node));

function byStart(ranges: readonly Range[]): Map<string, Range[]> {
  const starts = new Map<string, Range[]>();
  for (const range of ranges) {
    const key = startOf(range);
    const list = starts.get(key);
    if (list) list.push(range);
    else starts.set(key, [range]);
  }
  return starts;
}

/** A key: equal starts on one node are one segment sent again; on another node it may be a piece. */
const startOf = ({ judgement, from }: Range) => `${judgement.steps[0]!.event.node.name} ${from}`;

/**
 * What a router put together may be a piece itself, and has pieces that were seen after it: this one was
 * last seen with a higher TTL than the other, and so was there before, or is of another attempt.
 */
function wasBefore({ judgement: one }: Range, { judgement: other }: Range): boolean {
  const [last, left] = [one, other].map(({ steps }) => steps.at(-1)!.event.ttl);
  return last !== undefined && left !== undefined && last > left;
}

/** The whole's way leads by the devices of its node that only its piece was seen at. */
function passBy(whole: Judgement, piece: Judgement): void {
  const { node } = whole.steps[0]!.event;
  const isElsewhere = ({ event }: Step) => event.node !== node;
  const from = whole.steps.findIndex(isElsewhere);
  if (from < 0) return;
  const own = piece.steps.filter((step) => !isElsewhere(step));
  whole.steps = [...whole.steps.slice(0, from), ...own, ...whole.steps.slice(from)];
}

/**
 * The piece may be a part of the whole. A packet that was seen on the node where the whole began or
 * ended is none, because there the whole was still uncut: it is the same data sent again.
 */
function overlaps(whole: Range, piece: Range): boolean {
  if (overlap(whole, piece) === 0) return false;
  const [first, last] = [whole.judgement.steps[0]!, whole.judgement.steps.at(-1)!];
  return piece.judgement.steps.every(({ event: { node } }) =>
    node !== first.event.node && node !== last.event.node
  );
}
