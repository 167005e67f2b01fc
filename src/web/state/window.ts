/** The stretch of time that a reader looks at, and what falls into it. Pure. */
import type { Buckets, Problem } from "../../event/report.ts";
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

function hasCounts({ from, seconds, counts }: Buckets, { fromMs, toMs }: Window): boolean {
  const start = Date.parse(from);
  if (Number.isNaN(start)) return true;
  const step = seconds * 1000;
  const first = Math.max(0, Math.floor((fromMs - start) / step));
  return counts.slice(first, Math.max(0, Math.ceil((toMs - start) / step))).some((one) => one > 0);
}

function overlaps(from: string | undefined, to: string | undefined, window: Window): boolean {
  const [first, last] = [Date.parse(from ?? ""), Date.parse(to ?? "")];
  if (Number.isNaN(first) || Number.isNaN(last)) return true;
  return first < window.toMs && last >= window.fromMs;
}
