/** Which families are judged now, where not all that are stale can be. Rule D10. */
import type { Family } from "./family.ts";

/** Of what may be judged at once so much is for those that are not urgent, so that they have their turn, too. */
const SHARE_OF_OTHERS = 1 / 4;

/** What is judged now and what later. */
export interface Turn {
  now: Family[];
  later: Family[];
  /** Packets that could be judged besides; below 0: more are judged than was asked for. */
  left: number;
}

/**
 * [D10] All that are urgent, and of the others those that have waited for longest, which come first in `stale`,
 * as long as no more than so many packets are judged. Where any wait, some have their turn.
 */
export function inTurn(stale: readonly Family[], packetsMax: number): Turn {
  if (packetsMax === Infinity) return { now: [...stale], later: [], left: Infinity };
  const now = stale.filter(({ isUrgent }) => isUrgent);
  const later: Family[] = [];
  const urgent = now.reduce((sum, { size }) => sum + size, 0);
  let left = Math.max(packetsMax - urgent, packetsMax * SHARE_OF_OTHERS);
  for (const family of stale) {
    if (family.isUrgent) continue;
    if (left > 0) now.push(family);
    else later.push(family);
    left -= family.size;
  }
  return { now, later, left: Math.max(0, left) };
}
