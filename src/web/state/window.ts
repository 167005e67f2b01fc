/** The stretch of time that a reader looks at, and what falls into it. Pure. */
import type { Buckets, Change, Problem } from "../../event/report.ts";
import type { Group } from "./groups.ts";

/** A stretch of time, in milliseconds since 1970, its end left out. */
export interface Window {
  fromMs: number;
  toMs: number;
}

/** As the page's address has it: two times in UTC with a slash between, as ISO 8601 writes one. */
export const windowText = ({ fromMs, toMs }: Window): string =>
  `${new Date(fromMs).toISOString()}/${new Date(toMs).toISOString()}`;

/** A stretch of time from the page's address; null where it is none. */
export function readWindow(text: string | null): Window | null {
  const [fromMs, toMs] = (text ?? "").split("/").map((part) => Date.parse(part));
  if (fromMs === undefined || toMs === undefined) return null;
  return fromMs < toMs ? { fromMs, toMs } : null;
}

/** Whether anything of a group was seen in a stretch of time; also where it is not known when. */
export function isGroupWithin({ exchange, flows }: Group, window: Window): boolean {
  return flows.some(({ firstAt, lastAt, rate }) => {
    if (rate !== undefined) return hasCounts(rate, window);
    const first = firstAt ?? exchange?.firstAt;
    return overlaps(first, lastAt ?? exchange?.lastAt ?? first, window);
  });
}

/** Whether a problem had a failure in a stretch of time. */
export const isProblemWithin = ({ timeline, firstAt, lastAt }: Problem, window: Window): boolean =>
  timeline.failed.counts.some((count) => count > 0)
    ? hasCounts(timeline.failed, window)
    : overlaps(firstAt, lastAt, window);

/**
 * The parts that reach into a stretch of time. `isWhole` is false where one with a count reaches out of
 * it, so that its count is of more than the stretch; and where it is not known when they were.
 */
export function bucketsWithin(
  { from, seconds, counts }: Buckets,
  { fromMs, toMs }: Window,
): { buckets: Buckets; isWhole: boolean } {
  const start = Date.parse(from);
  if (Number.isNaN(start)) return { buckets: { from, seconds, counts }, isWhole: false };
  const step = seconds * 1000;
  const first = Math.min(counts.length, Math.max(0, Math.floor((fromMs - start) / step)));
  const own = counts.slice(first, Math.max(first, Math.ceil((toMs - start) / step)));
  const begin = start + first * step;
  const end = begin + own.length * step;
  const cutFirst = begin < fromMs && (own[0] ?? 0) > 0;
  const cutLast = end > toMs && (own.at(-1) ?? 0) > 0;
  return {
    buckets: { from: new Date(begin).toISOString(), seconds, counts: own },
    isWhole: !cutFirst && !cutLast,
  };
}

const hasCounts = (buckets: Buckets, window: Window): boolean =>
  Number.isNaN(Date.parse(buckets.from)) ||
  bucketsWithin(buckets, window).buckets.counts.some((one) => one > 0);

/** Whether a change may have been made in a stretch of time: somewhere between two readings it was. */
export const isChangeWithin = ({ after, by }: Change, window: Window): boolean =>
  overlaps(after, by, window);

function overlaps(from: string | undefined, to: string | undefined, window: Window): boolean {
  const [first, last] = [Date.parse(from ?? ""), Date.parse(to ?? "")];
  if (Number.isNaN(first) || Number.isNaN(last)) return true;
  return first < window.toMs && last >= window.fromMs;
}
