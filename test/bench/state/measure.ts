/** Processor time of this process and of what it starts, and how a cost grows with a size. */
import { type Figure, figureOf } from "../goals/figures.ts";

/** Milliseconds in a tick of /proc. */
const TICK_MS = 10;

/** Milliseconds of processor time that this process had, and its children that ended. */
export function processorMs(): number {
  const stat = Deno.readTextFileSync("/proc/self/stat");
  const fields = stat.slice(stat.lastIndexOf(")") + 2).split(" ").slice(11, 15).map(Number);
  return fields.reduce((sum, ticks) => sum + ticks, 0) * TICK_MS;
}

/** Milliseconds of processor time of some runs. */
export async function spent(runs: number, work: () => Promise<unknown> | unknown): Promise<Figure> {
  const values: number[] = [];
  for (let i = 0; i < runs; i++) {
    const before = processorMs();
    await work();
    values.push(processorMs() - before);
  }
  return figureOf(values);
}

/**
 * The power of the size that a cost grows with, by least squares over logarithms: 1 is in proportion, 0 not
 * at all. What is less than a tick counts as half of one.
 */
export function slope(points: readonly { size: number; cost: number }[]): number {
  const logs = points.map((
    { size, cost },
  ) => [Math.log(size), Math.log(Math.max(cost, TICK_MS / 2))]);
  const mean = (at: 0 | 1) => logs.reduce((sum, each) => sum + each[at]!, 0) / logs.length;
  const [x, y] = [mean(0), mean(1)];
  const above = logs.reduce((sum, each) => sum + (each[0]! - x) * (each[1]! - y), 0);
  return above / logs.reduce((sum, each) => sum + (each[0]! - x) ** 2, 0);
}
