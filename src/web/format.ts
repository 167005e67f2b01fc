/** Words and numbers as the page writes them. Pure. */
import type { Encapsulation, EndPoints, Flow, Hop } from "../event/report.ts";

export const endPoint = (address: string, port?: number): string =>
  port === undefined
    ? address
    : address.includes(":")
    ? `[${address}]:${port}`
    : `${address}:${port}`;

export const tunnelLabel = (encap: Encapsulation): string =>
  `${encap.kind} ${encap.id}  ${encap.source} → ${
    endPoint(encap.destination, encap.destinationPort)
  }`;

/** A number with thin spaces between thousands, the same for every reader. */
export const grouped = (value: number): string =>
  String(value).replace(/\B(?=(\d{3})+(?!\d))/g, "\u202f");

export const plural = (count: number, one: string, many = `${one}s`): string =>
  `${grouped(count)} ${count === 1 ? one : many}`;

/** `1.204 ms`: three digits after the point at most, the unit that leaves one to three before. */
export function duration(ns: bigint): string {
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
 * Time of each hop since the first hop seen on the same node. Two nodes' clocks are never compared,
 * so each node starts at zero of its own.
 */
export function sinceFirstOnNode(path: readonly Hop[]): bigint[] {
  const first = new Map<string, bigint>();
  return path.map(({ node, timeNs }) => {
    const time = BigInt(timeNs);
    if (!first.has(node)) first.set(node, time);
    return time - first.get(node)!;
  });
}

export const STAGE_WORDS: Record<string, string> = {
  "device-tx": "sent",
  "device-rx": "received",
  "bridge-forward": "bridged",
  "ip-forward": "routed",
  translate: "translated",
  encapsulate: "encapsulated",
  decapsulate: "decapsulated",
  deliver: "delivered",
  drop: "dropped",
};

export const OUTCOME_WORDS: Record<string, string> = {
  dropped: "dropped",
  vanished: "vanished",
  unanswered: "unanswered",
  unknown: "unknown",
  "in-flight": "in flight",
  delivered: "delivered",
};

/** Inodes stand in for names of namespaces that have none. */
export const netnsWord = (netns: string): string => /^\d+$/.test(netns) ? `netns ${netns}` : netns;

/** What a translation changed, one line per end: `destination 10.96.0.1:443 → 10.16.203.160:6443`. */
export function changes(before: EndPoints, after: EndPoints): string[] {
  const source = [
    endPoint(before.source, before.sourcePort),
    endPoint(after.source, after.sourcePort),
  ];
  const destination = [
    endPoint(before.destination, before.destinationPort),
    endPoint(after.destination, after.destinationPort),
  ];
  const out = [];
  if (source[0] !== source[1]) out.push(`source ${source[0]} → ${source[1]}`);
  if (destination[0] !== destination[1]) {
    out.push(`destination ${destination[0]} → ${destination[1]}`);
  }
  return out;
}

/** `tcp 10.0.0.1:40000 → 10.96.0.1:443`, for titles and for screen readers. */
export const flowName = (flow: Flow): string =>
  `${flow.protocol} ${endPoint(flow.source, flow.sourcePort)} → ${
    endPoint(flow.destination, flow.destinationPort)
  }${flow.icmpId === undefined ? "" : ` id ${flow.icmpId}`}`;

const two = (value: number): string => String(value).padStart(2, "0");

/** Local time of day, in seconds; the date too when it is not the reader's today. */
export function wallTime(when: Date, now = new Date()): string {
  const time = `${two(when.getHours())}:${two(when.getMinutes())}:${two(when.getSeconds())}`;
  if (when.toDateString() === now.toDateString()) return time;
  return `${when.getFullYear()}-${two(when.getMonth() + 1)}-${two(when.getDate())} ${time}`;
}

/** `10:41:02 – 10:41:17 (15 s)`; empty before anything was reported. */
export function timeSpan(from: string | null, to: string | null, now = new Date()): string {
  if (from === null) return "";
  const start = new Date(from);
  const end = new Date(to ?? from);
  if (Number.isNaN(+start) || Number.isNaN(+end)) return `${from} – ${to ?? ""}`;
  const seconds = Math.round((+end - +start) / 1000);
  const long = seconds < 120 ? `${seconds} s` : `${Math.round(seconds / 60)} min`;
  // Within one day the date is said once.
  const today = end.toDateString() === start.toDateString() ? end : now;
  return `${wallTime(start, now)} – ${wallTime(end, today)} (${long})`;
}
