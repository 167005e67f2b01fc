/**
 * [C7] One GSO packet of the sender is several packets on the wire, and several received ones may
 * be one by GRO: pieces are joined to what they are a piece of by sequence range, and not counted
 * again.
 */
import type { FlowGroup } from "./flows.ts";
import { TCP } from "./identity.ts";
import type { Judgement } from "./judge.ts";

interface Range {
  judgement: Judgement;
  from: number;
  length: number;
}

/** Takes pieces out of a TCP flow's packets; what they are pieces of gets their outcome. */
export function absorbPieces(group: FlowGroup): void {
  if (group.form.protocol !== TCP) return;
  const ranges = group.packets.map(rangeOf).filter((range) => range !== null);
  const wholes = ranges.filter((range) =>
    isOrigin(range.judgement) && range.judgement.end.kind === "left"
  );
  if (wholes.length === 0) return;
  const pieces = ranges.filter((range) => !isOrigin(range.judgement));
  const absorbed = new Set<Judgement>();
  for (const whole of wholes) {
    const parts = pieces.filter((piece) =>
      overlaps(whole, piece) && claims(whole, piece, wholes, pieces)
    );
    if (parts.length === 0) continue;
    for (const part of parts) absorbed.add(part.judgement);
    const covered = parts.filter((part) => part.judgement.outcome === "delivered")
      .reduce((total, part) => total + overlap(whole, part), 0);
    const lost = parts.find((part) => part.judgement.outcome === "dropped");
    if (lost) inherit(whole.judgement, lost.judgement);
    else if (covered >= whole.length) {
      const arrived = parts.find((part) => part.judgement.outcome === "delivered")!;
      inherit(whole.judgement, arrived.judgement);
    }
  }
  if (absorbed.size > 0) group.packets = group.packets.filter((packet) => !absorbed.has(packet));
}

/**
 * Sent again, a segment has the same range: a piece is of the one whose IP ids it continues; where
 * there are none, the first that came is of the first that was sent.
 */
function claims(
  whole: Range,
  piece: Range,
  wholes: readonly Range[],
  pieces: readonly Range[],
): boolean {
  const rivals = wholes.filter((other) => other.from === whole.from);
  if (rivals.length === 1) return true;
  const named = rivals.find((other) => continues(other, piece));
  if (named) return named === whole;
  const rank = pieces.filter((other) => other.from === piece.from).indexOf(piece);
  return rivals[Math.min(rank, rivals.length - 1)] === whole;
}

function continues(whole: Range, piece: Range): boolean {
  const [sent, received] = [whole, piece].map(({ judgement }) => judgement.steps[0]!.event);
  if (!sent!.ipId || !received!.ipId) return false;
  const ahead = (received!.ipId - sent!.ipId) & 65_535;
  const behind = (sent!.ipId - received!.ipId) & 65_535;
  return ahead < (sent!.gsoSegments ?? 1) || behind < (received!.gsoSegments ?? 1);
}

/** The whole goes the way of its piece: its own steps first, then those of the piece. */
function inherit(whole: Judgement, piece: Judgement): void {
  whole.outcome = piece.outcome;
  whole.end = piece.end;
  whole.steps = [...whole.steps, ...piece.steps];
  delete whole.gap;
}

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

function overlaps(whole: Range, piece: Range): boolean {
  if (whole.judgement.steps.at(-1)!.event.node === piece.judgement.steps[0]!.event.node) {
    return false;
  }
  return overlap(whole, piece) > 0;
}
