/** How much an analysis judges anew in each report, so that a report is made in a given time. Rule D10. */

/** Packets that may be judged in the first report that has a time: where all can be, it is soon as many. */
const PACKETS_FIRST = 250;
/** So many are judged however long the rest of a report takes, so that all have their turn some time. */
const PACKETS_MIN = 200;
/** In one report it becomes so many times as much or as little at most: one that was slow tells little. */
const STEP_MAX = 4;

/** The pace of one incident's reports. */
export class Pace {
  /** So many packets may be judged in the next report. */
  packetsMax = PACKETS_FIRST;

  /** A report took so long where it was to take `withinMs`; `isPostponed`: and did not judge all. */
  took(ms: number, withinMs: number, isPostponed: boolean): void {
    const factor = withinMs / Math.max(ms, 1);
    if (factor < 1) {
      this.packetsMax = Math.max(PACKETS_MIN, this.packetsMax * Math.max(factor, 1 / STEP_MAX));
    } else if (isPostponed) this.packetsMax *= Math.min(factor, STEP_MAX);
  }
}
