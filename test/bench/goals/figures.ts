/** Figures with their noise, and how they are printed. */
import { readFileSync } from "node:fs";

/** A figure that was measured several times. */
export interface Figure {
  median: number;
  least: number;
  most: number;
  /** How many times. */
  count: number;
}

/** One row of what is printed. */
export interface Row {
  what: string;
  figure: Figure;
  unit: string;
  /** What it should be, as text; absent: nothing was set. */
  goal?: string;
}

/** The figure of several measurements; without any it is not a number. */
export function figureOf(values: readonly number[]): Figure {
  const sorted = values.toSorted((a, b) => a - b);
  const at = (share: number) => sorted[Math.floor((sorted.length - 1) * share)] ?? Number.NaN;
  return { median: at(0.5), least: at(0), most: at(1), count: sorted.length };
}

/** Each of some measurements as a share of one of others, in their order: what was measured together. */
export const ratioOf = (values: readonly number[], of: readonly number[]): Figure =>
  figureOf(values.map((value, i) => value / of[i % of.length]!));

/** The line that fits pairs best: what each unit more costs, and how well that tells the costs (0 to 1). */
export function slopeOf(pairs: readonly (readonly [number, number])[]) {
  const mean = (of: (pair: readonly [number, number]) => number) =>
    pairs.reduce((sum, pair) => sum + of(pair), 0) / pairs.length;
  const [x, y] = [mean((pair) => pair[0]), mean((pair) => pair[1])];
  const xy = mean((pair) => (pair[0] - x) * (pair[1] - y));
  const xx = mean((pair) => (pair[0] - x) ** 2);
  const yy = mean((pair) => (pair[1] - y) ** 2);
  return { slope: xy / xx, base: y - x * xy / xx, fit: yy === 0 ? 1 : xy * xy / (xx * yy) };
}

const shown = (value: number) => {
  if (!Number.isFinite(value)) return "-";
  return Math.abs(value) >= 100 ? Math.round(value).toLocaleString("en") : value.toPrecision(3);
};

/** How busy the machine is with everything on it: programs that run or wait for a processor. */
export const loadAverage = () => readFileSync("/proc/loadavg", "utf8").split(" ")[0]!;

/** Prints a row. */
export function print({ what, figure: { median, least, most, count }, unit, goal }: Row): void {
  const noise = count > 1 ? `(${shown(least)} to ${shown(most)}, of ${count})` : "";
  const cells = [what.padEnd(66), `${shown(median)} ${unit}`.padStart(14), noise.padEnd(32)];
  console.log(`${cells.join(" ")} ${goal === undefined ? "" : `goal ${goal}`}`.trimEnd());
}
