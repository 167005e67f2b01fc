/** How many things happened in each part of a stretch of time, in a bounded number of parts. */
import type { Buckets } from "../../event/report.ts";
import type { Numbers } from "./ordered.ts";
import { rfc3339 } from "./rfc3339.ts";

/** Parts that a report shows at most. */
const PARTS_MAX = 64;

/**
 * Counts by parts of time. Parts of different lengths nest, because a length is a power of two and a
 * part begins at a multiple of it: what is added up of several machines is what one would count. JSON.
 */
export interface Rate {
  /** How long a part is. */
  seconds: number;
  /** The number of a part since 1970, and its count; in the order of time. */
  parts: [number, number][];
}

/** Of moments, ms since 1970. */
export function rateOf(momentsMs: Iterable<number>): Rate {
  const counts = new Map<number, number>();
  for (const ms of momentsMs) {
    const part = Math.floor(ms / 1000);
    counts.set(part, (counts.get(part) ?? 0) + 1);
  }
  return fitted({ seconds: 1, parts: [...counts] });
}

/** The same of moments that are counted already: nobody goes through all of them. */
export function rateOfSorted(momentsMs: Numbers): Rate {
  const { first, last } = momentsMs;
  if (first === undefined || last === undefined) return { seconds: 1, parts: [] };
  const partOf = (ms: number, seconds: number) => Math.floor(Math.floor(ms / 1000) / seconds);
  let seconds = 1;
  while (partOf(last, seconds) - partOf(first, seconds) >= PARTS_MAX) seconds *= 2;
  const parts: [number, number][] = [];
  for (let from = 0; from < momentsMs.length;) {
    const part = partOf(momentsMs.items[from]!, seconds);
    const to = momentsMs.below((part + 1) * seconds * 1000);
    parts.push([part, to - from]);
    from = to;
  }
  return { seconds, parts };
}

/** All of them together. */
export function addedRates(rates: readonly Rate[]): Rate {
  const seconds = Math.max(1, ...rates.map((rate) => rate.seconds));
  return fitted({
    seconds,
    parts: summed(rates.flatMap((rate) => coarser(rate, seconds).parts)),
  });
}

/** The same in longer parts. */
function coarser({ seconds, parts }: Rate, longer: number): Rate {
  const times = longer / seconds;
  return {
    seconds: longer,
    parts: summed(parts.map(([part, count]) => [Math.floor(part / times), count])),
  };
}

function summed(parts: readonly [number, number][]): [number, number][] {
  const counts = new Map<number, number>();
  for (const [part, count] of parts) counts.set(part, (counts.get(part) ?? 0) + count);
  return [...counts].sort(([a], [b]) => a - b);
}

/** In the shortest parts of which a report has room for all. */
function fitted(rate: Rate): Rate {
  let fit = { seconds: rate.seconds, parts: summed(rate.parts) };
  while (fit.parts.length > 0 && fit.parts.at(-1)![0] - fit.parts[0]![0] >= PARTS_MAX) {
    fit = coarser(fit, fit.seconds * 2);
  }
  return fit;
}

/** As a report has it; undefined when nothing was counted. */
export function bucketsOf(rate: Rate): Buckets | undefined {
  const [first] = rate.parts;
  return first && filled(rate, first[0], rate.parts.at(-1)![0]);
}

/** Two rates over the same parts of time, as a report has them. At least one must not be empty. */
export function bucketsOfBoth(a: Rate, b: Rate): [Buckets, Buckets] {
  const { seconds, parts } = addedRates([a, b]);
  const [from, to] = [parts[0]![0], parts.at(-1)![0]];
  return [filled(coarser(a, seconds), from, to), filled(coarser(b, seconds), from, to)];
}

function filled({ seconds, parts }: Rate, from: number, to: number): Buckets {
  const counts = Array.from({ length: to - from + 1 }, () => 0);
  for (const [part, count] of parts) counts[part - from]! += count;
  return { from: rfc3339(from * seconds * 1000), seconds, counts };
}
