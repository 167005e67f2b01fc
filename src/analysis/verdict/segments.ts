/**
 * [C7] One GSO packet of the sender is several packets on the wire, and several received ones may
 * be one by GRO: pieces are joined to what they are a piece of by sequence range, and not counted
 * again.
 */
import { before, DEVICE_SCRIPTS, gapOf } from "../view/coverage.ts";
import { TCP } from "../kernel/protocols.ts";
import type { FlowGroup } from "./flows.ts";
import { type Judgement, revise } from "./judgement.ts";

/** The part of a TCP stream that a packet carries. */
interface Range {
  judgement: Judgement;
  /** Sequence number of its first byte. */
  from: number;
  /** In bytes; above 0. */
  length: number;
}

/**
 * Takes pieces out of a TCP flow's packets; what they are pieces of gets their outcome. Flows of
 * other protocols stay as they are.
 */
export function absorbPieces(group: FlowGroup): void {
  if (group.form.protocol !== TCP) return;
  const ranges = group.packets.map(rangeOf).filter((range) => range !== null);
  // The smallest first, and the sender's own last: what was cut on the way and cut again must know
  // the fate of its pieces before it tells that of the packet it is a piece of.
  const wholes = ranges.filter(isWhole).sort((a, b) =>
    Number(isOrigin(a.judgement)) - Number(isOrigin(b.judgement)) || a.length - b.length
  );
  if (wholes.length === 0) return;
  // A packet that its node sent, but was not seen to receive, may be a piece that was forwarded.
  const pieces = ranges.filter(({ judgement }) =>
    !isOrigin(judgement) || judgement.end.kind !== "left"
  );
  const near = nearOf(pieces);
  const claims = claimsOf(wholes, pieces, near);
  const absorbed = new Set<Judgement>();
  const owners = new Map<Range, Range[]>();
  for (const whole of wholes) {
    const within = new Set(
      near(whole).filter((piece) =>
        overlaps(whole, piece) && !isSame(whole, piece) && claims(whole, piece)
      ),
    );
    // A piece of a piece is already part of that piece.
    const parts = [...within].filter((piece) =>
      !owners.get(piece)?.some((owner) => within.has(owner))
    );
    if (parts.length === 0) continue;
    for (const part of parts) {
      // A router may put packets together (GRO) and cut them again. Then the piece is what a sender
      // sent, and the whole is no packet of its own.
      const counted = isSent(part.judgement) ? whole : part;
      if (!isSent(counted.judgement)) absorbed.add(counted.judgement);
      owners.set(part, [...owners.get(part) ?? [], whole]);
    }
    const from = speaker(whole, parts);
    if (from) inherit(whole.judgement, from.judgement);
  }
  if (absorbed.size > 0) group.packets = group.packets.filter((packet) => !absorbed.has(packet));
}

/** May have been cut after it was last seen: a sender's own packet, or one that GRO put together. */
function isWhole({ judgement }: Range): boolean {
  if (judgement.end.kind !== "left") return false;
  return isOrigin(judgement) || (judgement.steps[0]!.event.gsoSegments ?? 1) > 1;
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

/** Equal ranges are one segment that was sent twice: neither is a piece of the other. */
const isSame = (a: Range, b: Range) => a.from === b.from && a.length === b.length;

/** No packet is longer, so no piece of a range starts further before it. */
const PACKET_BYTES_MAX = 65_536;

/** Finds the pieces that may overlap a range, by search in their order: a flow may have thousands. */
function nearOf(pieces: readonly Range[]): (whole: Range) => Range[] {
  const base = pieces[0]?.from ?? 0;
  const sorted = pieces.map((piece) => ({ piece, at: distance(base, piece.from) }))
    .sort((a, b) => a.at - b.at);
  return (whole) => {
    const at = distance(base, whole.from);
    let low = 0;
    let high = sorted.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if (sorted[middle]!.at < at - PACKET_BYTES_MAX) low = middle + 1;
      else high = middle;
    }
    const found: Range[] = [];
    while (low < sorted.length && sorted[low]!.at < at + whole.length) {
      found.push(sorted[low++]!.piece);
    }
    return found;
  };
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
  const order = new Map(pieces.map((piece, i) => [piece, i]));
  const nodeOf = ({ judgement }: Range) => judgement.steps[0]!.event.node;
  // Before any piece gives a whole its way.
  const visited = new Map(wholes.map((whole) => [whole, nodesOf(whole)]));
  /**
   * How often the first byte that both have had come to that node before: 0 for the first time. What
   * GRO put together may begin with a packet that came otherwise the times before.
   */
  const timesBefore = (whole: Range, piece: Range) => {
    const from = distance(piece.from, whole.from) > 0 ? whole.from : piece.from;
    const start = { ...piece, from, length: 1 };
    return near(start).filter((other) =>
      nodeOf(other) === nodeOf(piece) && order.get(other)! < order.get(piece)! &&
      overlap(start, other) > 0
    ).length;
  };
  return (whole: Range, piece: Range): boolean => {
    // What came to the piece's node uncut is not what was cut before it.
    const others = rivals.get(startOf(whole))!
      .filter((other) => !visited.get(other)!.has(nodeOf(piece)));
    if (!others.includes(whole)) return false;
    if (others.length === 1) return true;
    const named = others.find((other) => continues(other, piece));
    if (named) return named === whole;
    return others[Math.min(timesBefore(whole, piece), others.length - 1)] === whole;
  };
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

/** Segmentation numbers its pieces on from the whole's IP id; GRO keeps the id of the first piece. */
function continues(whole: Range, piece: Range): boolean {
  const [sent, received] = [whole, piece].map(({ judgement }) => judgement.steps[0]!.event);
  if (!sent!.ipId || !received!.ipId) return false;
  const ahead = (received!.ipId - sent!.ipId) & 65_535;
  const behind = (sent!.ipId - received!.ipId) & 65_535;
  return ahead < (sent!.gsoSegments ?? 1) || behind < (received!.gsoSegments ?? 1);
}

/** The whole takes over the outcome of its piece, and its way: its own steps, then the piece's. */
function inherit(whole: Judgement, piece: Judgement): void {
  whole.end = piece.end;
  whole.steps = [...whole.steps, ...piece.steps];
  whole.revisedBy = [...whole.revisedBy, ...piece.revisedBy];
  revise(whole, "C7", piece);
  if (piece.awaited) whole.awaited = piece.awaited;
}

/** The packet's first node made it: a node that forwards a packet is seen to receive it first. */
function isSent(judgement: Judgement): boolean {
  const { event } = judgement.steps[0]!;
  return isOrigin(judgement) && gapOf(event.node, DEVICE_SCRIPTS, before(event)) === null;
}

/** As far as was seen, its first node sent it. */
const isOrigin = (judgement: Judgement) => judgement.steps[0]!.event.kind === "device-tx";

function rangeOf(judgement: Judgement): Range | null {
  const { tcpSequence, payload } = judgement.steps[0]!.event;
  if (tcpSequence === undefined || !payload) return null;
  return { judgement, from: tcpSequence, length: payload };
}

/** Distance from a to b on the circle of sequence numbers, negative when b is before a. */
const distance = (a: number, b: number) => (b - a) | 0;

function overlap(whole: Range, piece: Range): number {
  const from = Math.max(0, distance(whole.from, piece.from));
  const to = Math.min(whole.length, distance(whole.from, piece.from) + piece.length);
  return Math.max(0, to - from);
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
