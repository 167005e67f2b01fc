/** What the page says of a problem beside the words that it shares with the terminal. Pure. */
import type { Problem } from "../../event/report.ts";
import { endPoint, named } from "../../words/ends.ts";
import { label } from "../../words/escape.ts";
import { placeName } from "../../words/place.ts";
import { problemOutcome } from "../../words/problem.ts";
import { LABELLED } from "../parts/writing.ts";

/** Characters that a card has room for. */
const CARD = { deviceMax: 24, netnsMax: 24, nodeMax: 32 };

/** `tcp to 10.0.0.7:80`, or `tcp answers of 10.0.0.7:80` where what failed are the answers. */
export function problemService({ protocol, to, direction }: Problem): string {
  const between = direction === "answer" ? "answers of" : "to";
  const end = named(endPoint(label(to.address, 64), to.port), to.name, label);
  return `${label(protocol, 16)} ${between} ${end}`;
}

/** `dropped tcp to 10.0.0.7:80`. */
export const problemName = (problem: Problem): string =>
  `${problemOutcome(problem, LABELLED)} ${problemService(problem)}`;

/** `at eth0 in pod-b on n3`; what vanished was last seen there, and is behind it. */
export function problemPlace({ outcome, lastHop }: Problem): string {
  const isThere = outcome === "dropped" || lastHop.stage === "drop";
  const before = isThere ? "at" : outcome === "vanished" ? "after" : "last seen at";
  return `${before} ${placeName(lastHop, LABELLED, CARD)}`;
}

/** Bars of a timeline: failures grow up from the middle, what got through grows down. */
export interface Bar {
  /** Index of its part of time. */
  at: number;
  /** Share of the tallest bar, from 0 to 1. */
  failed: number;
  /** The same of what got through. */
  passed: number;
}

/** One bar for each part of time; both counts are drawn to the same scale. */
export function barsOf({ failed, passed }: Problem["timeline"]): Bar[] {
  const most = Math.max(1, ...failed.counts, ...passed.counts);
  const length = Math.max(failed.counts.length, passed.counts.length);
  return Array.from({ length }, (_, at) => ({
    at,
    failed: (failed.counts[at] ?? 0) / most,
    passed: (passed.counts[at] ?? 0) / most,
  }));
}
