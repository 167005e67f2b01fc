/** A trouble that only counts know, and no single packet shows. Rules O24 and P1. */
import type { Sighting } from "../view/timeline.ts";

/** What counts know of the trouble. */
export interface CountedLoss {
  /** Packets of the flow that were counted at the place. */
  packets: number;
  /** Those of them that the next place did not have. */
  lost: number;
  /** There may be more. */
  isLeast: boolean;
  /** None of the flow came to the next place. */
  isAll: boolean;
  /** The way of a packet up to the place, and the sighting where it would have come next. */
  way: readonly Sighting[];
  next: Sighting;
  /** Packets that came to the next place, by epoch: after when, an `at` of the place's node. */
  came: { at: number; packets: number }[];
}
