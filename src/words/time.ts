/** Times and spans of time as text. */
import type { Hop } from "../event/report.ts";

/**
 * Nanoseconds since the first hop seen on the same node, for each hop. Two nodes' clocks are never
 * compared, so each node starts at zero of its own.
 */
export function sinceFirstOnNode(path: readonly Hop[]): bigint[] {
  const first = new Map<string, bigint>();
  return path.map(({ node, timeNs }) => {
    const time = BigInt(timeNs);
    if (!first.has(node)) first.set(node, time);
    return time - first.get(node)!;
  });
}

/**
 * Three digits: `812 ns`, `2.31 µs`, `14.0 ms`, `1.20 s`. For the terminal, whose columns are few.
 * `micro` is how it writes the µ.
 */
export function elapsedShort(ns: bigint, micro: string): string {
  const sign = ns < 0n ? "-" : "";
  let value = Math.abs(Number(ns));
  const units = ["ns", `${micro}s`, "ms", "s"];
  let unit = 0;
  // 999.5 of a unit would be written as 1000.
  while (value >= 999.5 && unit < units.length - 1) {
    value /= 1_000;
    unit += 1;
  }
  const digits = unit === 0 || value >= 99.95 ? 0 : value >= 9.995 ? 1 : 2;
  return `${sign}${value.toFixed(digits)} ${units[unit]}`;
}

/** Four digits or more: `812 ns`, `1.204 ms`, `123.5 ms`. For the page, which has the room. */
export function elapsedLong(ns: bigint): string {
  const sign = ns < 0n ? "−" : "";
  const value = ns < 0n ? -ns : ns;
  if (value < 1_000n) return `${sign}${value} ns`;
  for (const [unit, size] of [["µs", 1_000n], ["ms", 1_000_000n]] as const) {
    if (value < size * 1_000n) return `${sign}${decimal(value, size)} ${unit}`;
  }
  return `${sign}${decimal(value, 1_000_000_000n)} s`;
}

function decimal(value: bigint, unit: bigint): string {
  const whole = value / unit;
  const digits = whole >= 100n ? 1 : whole >= 10n ? 2 : 3;
  return (Number(value) / Number(unit)).toFixed(digits);
}

/**
 * The span of a report in UTC: `2026-11-20 03:12:41 to 03:12:56 UTC`. Empty when nothing was
 * reported yet. For the terminal: its text is copied to readers in other time zones.
 */
export function spanInUtc(from: string | null, to: string | null): string {
  if (from === null || to === null) return "";
  const read = (text: string) => /^(\d{4}-\d\d-\d\d)T(\d\d:\d\d:\d\d)/.exec(text);
  const [begin, end] = [read(from), read(to)];
  if (begin === null || end === null) return `${from} to ${to}`;
  const last = begin[1] === end[1] ? end[2] : `${end[1]} ${end[2]}`;
  return `${begin[1]} ${begin[2]} to ${last} UTC`;
}

/**
 * The span of a report in the reader's time: `10:41:02 – 10:41:17 (15 s)`. Empty when nothing was
 * reported yet.
 */
export function spanHere(from: string | null, to: string | null, now = new Date()): string {
  if (from === null) return "";
  const start = new Date(from);
  const end = new Date(to ?? from);
  if (Number.isNaN(+start) || Number.isNaN(+end)) return `${from} – ${to ?? ""}`;
  // What lasted less than a second did not last none.
  const seconds = Math.max(+end > +start ? 1 : 0, Math.round((+end - +start) / 1000));
  const long = seconds < 120 ? `${seconds} s` : `${Math.round(seconds / 60)} min`;
  // Within one day the date is said once.
  const today = end.toDateString() === start.toDateString() ? end : now;
  return `${timeHere(start, now)} – ${timeHere(end, today)} (${long})`;
}

/** Time of day in the reader's time, in seconds; the date too when it is not the reader's today. */
export function timeHere(when: Date, now = new Date()): string {
  const time = `${two(when.getHours())}:${two(when.getMinutes())}:${two(when.getSeconds())}`;
  if (when.toDateString() === now.toDateString()) return time;
  return `${when.getFullYear()}-${two(when.getMonth() + 1)}-${two(when.getDate())} ${time}`;
}

const two = (value: number): string => String(value).padStart(2, "0");
