/** The clock of an API server, as far as its answers bound it by ours. */

/** The analysis takes clocks of a cluster's machines to differ by less, ms. One that does not is not believed. */
const DIFFERENCE_MS_MAX = 3_000;
/** A `Date` and the times of objects are cut to whole seconds. */
const SECOND_MS = 1_000;

/** One answer: when it was asked for and read by our clock, and its `Date`; ms since 1970. */
export interface DatedAnswer {
  askedMs: number;
  readMs: number;
  dateMs: number | undefined;
}

/** Turns a moment as the server wrote it (whole seconds) to the latest that it can have been by our clock. */
export type ServerClock = (writtenMs: number) => number;

/**
 * The server wrote its date between our asking and our reading, so that ours is before its by no more and no
 * less than these. Several servers write times, and each has a clock of its own: this one's shows how well
 * clocks are kept there, and what another's may be off more is in the margin of whoever compares. Undefined
 * where no date came, or one that is further off than that.
 */
export function serverClock({ askedMs, readMs, dateMs }: DatedAnswer): ServerClock | undefined {
  if (dateMs === undefined) return undefined;
  const least = askedMs - (dateMs + SECOND_MS);
  const most = readMs - dateMs;
  if (least > DIFFERENCE_MS_MAX || most < -DIFFERENCE_MS_MAX) return undefined;
  return (writtenMs) => writtenMs + SECOND_MS + Math.max(0, most);
}
