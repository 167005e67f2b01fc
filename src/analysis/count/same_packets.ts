/**
 * [O24] Makes what is known between several places of one kernel known of the same packets: where of an
 * epoch some may be under way between two of them, or be lost there unknown, what passed from then on is
 * said of none. Else it would be said that all of them came, because all did at the other places.
 */
import type { Part, Parts } from "./parts.ts";

/** What is known between two places, by the clock of the first one's node. */
export interface Known extends Parts {
  /** To this clock's `at`s from those of a clock of all, ns. */
  aheadNs: number;
}

/** The same for each two, without what is not known between others. */
export function ofSamePackets<Of extends Known>(all: readonly Of[]): Of[] {
  let [known, isSame] = [[...all], false];
  while (!isSame) {
    const limits = limitsOf(known);
    const next = known.map((one) => within(one, limits));
    isSame = next.every(({ parts }, i) => parts.length === known[i]!.parts.length);
    known = next;
  }
  return known;
}

/** From when on nothing is known of an epoch between some two, by the clock of all. */
function limitsOf(all: readonly Known[]): Map<number, number> {
  const limits = new Map<number, number>();
  for (const { openFrom, aheadNs } of all) {
    for (const [epoch, from] of openFrom) {
      limits.set(epoch, Math.min(limits.get(epoch) ?? Infinity, from - aheadNs));
    }
  }
  return limits;
}

function within<Of extends Known>(one: Of, limits: ReadonlyMap<number, number>): Of {
  const openFrom = new Map(one.openFrom);
  const limitOf = ({ epoch }: Part) => (limits.get(epoch) ?? Infinity) + one.aheadNs;
  const parts = one.parts.filter((part) => {
    if (part.until <= limitOf(part)) return true;
    // Of one that began before that it is not known how much of it is of that time.
    openFrom.set(part.epoch, Math.min(openFrom.get(part.epoch) ?? Infinity, part.since));
    return false;
  });
  return { ...one, parts, openFrom, goesOn: one.goesOn || parts.length < one.parts.length };
}
