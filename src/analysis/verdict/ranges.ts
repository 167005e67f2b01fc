/** Parts of a TCP stream, as packets carry them. */
import { before, DEVICE_SCRIPTS, gapOf } from "../view/coverage.ts";
import type { Judgement } from "./judgement.ts";

/** The part of a TCP stream that a packet carries. */
export interface Range {
  judgement: Judgement;
  /** Sequence number of its first byte. */
  from: number;
  /** In bytes; above 0. */
  length: number;
}

/** The part that a packet carries; null when it carries none. */
export function rangeOf(judgement: Judgement): Range | null {
  const { tcpSequence, payload } = judgement.steps[0]!.event;
  if (tcpSequence === undefined || !payload) return null;
  return { judgement, from: tcpSequence, length: payload };
}

/** Equal ranges are one segment that was sent twice: neither is a piece of the other. */
export const isSame = (a: Range, b: Range) => a.from === b.from && a.length === b.length;

/** Distance from a to b on the circle of sequence numbers, negative when b is before a. */
export const distance = (a: number, b: number) => (b - a) | 0;

/** How many bytes of the first are in the second. */
export function overlap(whole: Range, piece: Range): number {
  const from = Math.max(0, distance(whole.from, piece.from));
  const to = Math.min(whole.length, distance(whole.from, piece.from) + piece.length);
  return Math.max(0, to - from);
}

/** No packet is longer, so no piece of a range starts further before it. */
const PACKET_BYTES_MAX = 65_536;

/** Finds the pieces that may overlap a range, by search in their order: a flow may have thousands. */
export function nearOf(pieces: readonly Range[]): (whole: Range) => Range[] {
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

/** Segmentation numbers its pieces on from the whole's IP id; GRO keeps the id of the first piece. */
export function continues(whole: Range, piece: Range): boolean {
  const [sent, received] = [whole, piece].map(({ judgement }) => judgement.steps[0]!.event);
  if (!sent!.ipId || !received!.ipId) return false;
  const ahead = (received!.ipId - sent!.ipId) & 65_535;
  const behind = (sent!.ipId - received!.ipId) & 65_535;
  return ahead < (sent!.gsoSegments ?? 1) || behind < (received!.gsoSegments ?? 1);
}

/** The packet's first node made it: a node that forwards a packet is seen to receive it first. */
export function isSent(judgement: Judgement): boolean {
  const { event } = judgement.steps[0]!;
  return isOrigin(judgement) && gapOf(event.node, DEVICE_SCRIPTS, before(event)) === null;
}

/** As far as was seen, its first node sent it. */
export const isOrigin = (judgement: Judgement) => judgement.steps[0]!.event.kind === "device-tx";
