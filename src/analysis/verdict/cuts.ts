/**
 * [C7] What a node cut of its own packets after it had been seen to send them: one device takes a GSO
 * packet whole, as tunnels and bridges' ports do, and the next one does not.
 */
import { excludes, pointOf } from "../correlate/chains.ts";
import { continues, isOrigin, isSent, nearOf, overlap, type Range } from "./ranges.ts";

/**
 * By whole, the pieces that its own node made of it, each of the whole that was sent last before it.
 * A segment that is sent again is none: it comes by the devices that the whole came by.
 */
export function cutsOf(ranges: readonly Range[]): Map<Range, Range[]> {
  const made = ranges.filter(({ judgement }) => isOrigin(judgement) || beginsWithDrop(judgement));
  const wholes = made.filter((range) => (firstOf(range).gsoSegments ?? 1) > 1);
  const owners = new Map<Range, Range>();
  const near = nearOf(made);
  for (const whole of wholes) {
    const points = pointsOf(whole);
    for (const piece of near(whole)) {
      if (!isCutFrom(whole, piece) || points.includes(pointOf(firstOf(piece)))) continue;
      const other = owners.get(piece);
      if (other === undefined || firstOf(other).at < firstOf(whole).at) owners.set(piece, whole);
    }
  }
  const cuts = new Map<Range, Range[]>();
  for (const [piece, whole] of owners) {
    const list = cuts.get(whole);
    if (list) list.push(piece);
    else cuts.set(whole, [piece]);
  }
  return cuts;
}

/** As far as numbers and times tell. Without IP ids the node must have lost no event before it. */
function isCutFrom(whole: Range, piece: Range): boolean {
  const [sent, cut] = [firstOf(whole), firstOf(piece)];
  if (sent.node !== cut.node || cut.at < sent.at || piece.length >= whole.length) return false;
  if (overlap(whole, piece) < piece.length) return false;
  return sent.ipId && cut.ipId ? continues(whole, piece) : isSent(piece.judgement);
}

/** A queue cut the whole into pieces and had no room for this one: no device has seen it. */
const beginsWithDrop = ({ steps }: Range["judgement"]) => excludes(steps[0]!.event) !== null;

/** Where its first node saw it. */
function pointsOf({ judgement: { steps } }: Range): string[] {
  const { node } = steps[0]!.event;
  return steps.filter(({ event }) => event.node === node).map(({ event }) => pointOf(event));
}

const firstOf = ({ judgement }: Range) => judgement.steps[0]!.event;
