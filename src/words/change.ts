/** Words for a change of a node's state, and for a problem that began or was mended then. */
import type { Change, ChangedPart, NearChange, Problem } from "../event/report.ts";
import { roomMax, roomName } from "./place.ts";
import { elapsedShort } from "./time.ts";
import type { Writing } from "./writing.ts";

/** What each part is called, of one and of several. */
const PARTS: Record<ChangedPart, [string, string]> = {
  link: ["device", "devices"],
  address: ["address", "addresses"],
  route: ["route", "routes"],
  "routing-rule": ["routing rule", "routing rules"],
  neighbour: ["neighbour", "neighbours"],
  fdb: ["forwarding entry", "forwarding entries"],
  sysctl: ["setting", "settings"],
  qdisc: ["queue", "queues"],
  "tc-filter": ["tc filter", "tc filters"],
  chain: ["chain", "chains"],
  "netfilter-rule": ["rule", "rules"],
  set: ["element of a set", "elements of sets"],
  socket: ["listener", "listeners"],
};

/** A newer ingest may know other parts. */
const NOUNS: Partial<Record<string, [string, string]>> = PARTS;

/** Characters of what changed that are shown. */
const WHAT_MAX = 160;
const VALUE_MAX = 60;

/** `rule ip t forward: tcp dport 80 drop was added`, `setting net.ipv4.ip_forward was changed from 1 to 0`. */
export function changeText(
  { part, action, what, was, now, count }: Change,
  { text }: Pick<Writing, "text">,
): string {
  const [one, many] = NOUNS[part] ?? ["part", "parts"];
  const values = was === undefined || now === undefined
    ? ""
    : ` from ${text(was, VALUE_MAX) || "nothing"} to ${text(now, VALUE_MAX) || "nothing"}`;
  const subject = text(what, WHAT_MAX);
  if (count === 1) return `${one} ${subject} was ${action}${values}`;
  return `${count} ${many} were ${action}, one of them ${subject}${values}`;
}

/** `on n3`, or `in pod on n3`. */
export const changePlace = (
  change: Change,
  { text }: Pick<Writing, "text">,
): string => {
  const { node, netns } = change;
  const room = roomName(change);
  const on = `on ${text(node, 32)}`;
  if (netns === node || room === undefined) return on;
  return `in ${text(room, roomMax(change, 32))} ${on}`;
};

/** Bounds that are further apart than this, ms, are told: the moment is hardly known. */
const WIDE_MS = 2_000;

/**
 * What changed when a problem began, or was mended, a sentence each. That it was then does not make it
 * the reason, and the words do not say so. `time` writes a time of day.
 */
export function nearLines(
  problem: Pick<Problem, "began" | "mended">,
  changes: readonly Change[],
  time: (timeOfDay: string) => string,
  writing: Pick<Writing, "text">,
): string[] {
  const lines = (word: string, near: readonly NearChange[] = []) =>
    near.flatMap(({ change: id, afterMs }) => {
      const change = changes.find((one) => one.id === id);
      if (!change) return [];
      const text = `${changeText(change, writing)} ${changePlace(change, writing)}`;
      const isWide = Date.parse(change.by) - Date.parse(change.after) > WIDE_MS;
      const bounds = isWide && change.heard === undefined
        ? ` (between ${time(change.after)} and ${time(change.by)})`
        : "";
      const when = afterMs > 0
        ? `${elapsedShort(BigInt(Math.round(afterMs * 1e6)), "µ")} after`
        : "about when";
      return [`${word} ${when} ${text}${bounds}`];
    });
  return [...lines("began", problem.began), ...lines("got through again", problem.mended)];
}
