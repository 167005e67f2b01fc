/** Ratios of runs that were made in turns with runs of nothing, and how far they scatter. */

/** What several runs of one thing came to: their median and the half of the range of the middle half. */
export interface Figure {
  median: number;
  scatter: number;
  runs: number;
}

/** The figure of some runs; NaN of none. */
export function figureOf(values: readonly number[]): Figure {
  const sorted = [...values].sort((a, b) => a - b);
  return {
    median: quantile(sorted, 0.5),
    scatter: (quantile(sorted, 0.75) - quantile(sorted, 0.25)) / 2,
    runs: sorted.length,
  };
}

/** Between the two nearest of sorted values. */
function quantile(sorted: readonly number[], share: number): number {
  if (sorted.length === 0) return NaN;
  const at = (sorted.length - 1) * share;
  const [low, high] = [sorted[Math.floor(at)]!, sorted[Math.ceil(at)]!];
  return low + (high - low) * (at - Math.floor(at));
}

/** A run's rate beside the mean of the runs of nothing right before and right after it. */
export const ratioOf = (rate: number, before: number, after: number): number =>
  rate / ((before + after) / 2);
