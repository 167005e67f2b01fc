/** Which families are judged now, where not all that are stale can be. Rule D10. */
import type { Family } from "./family.ts";

/** Of what may be judged at once so much is for those that are not urgent, so that they have their turn, too. */
const SHARE_OF_OTHERS = 1 / 4;

/** What is judged now. */
export interface Turn {
  now: Family[];
  /** Packets that could be judged besides. */
  left: number;
}

/**
 * [D10] All that are urgent, and of those that are stale, which have waited for longest first, as many others
 * as it takes for no more than so many packets to be judged. Where any wait, some have their turn.
 */
export function inTurn(
  urgent: Iterable<Family>,
  stale: Iterable<Family>,
  packetsMax: number,
): Turn {
  const now = new Set(urgent);
  let left = packetsMax;
  for (const { size } of now) left -= size;
  left = Math.max(left, packetsMax * SHARE_OF_OTHERS);
  for (const family of stale) {
    if (left <= 0) break;
    if (now.has(family)) continue;
    now.add(family);
    left -= family.size;
  }
  return { now: [...now], left: Math.max(0, left) };
}
