/** What the page says of a problem beside the words that it shares with the terminal. Pure. */
import type { Problem } from "../../event/report.ts";
import { endPoint } from "../../words/ends.ts";
import { label } from "../../words/escape.ts";
import { placeName } from "../../words/place.ts";
import { exchangeNoun, problemOutcome } from "../../words/problem.ts";
import { grouped, LABELLED, plural } from "../parts/writing.ts";

/** Characters that a card has room for. */
const CARD = { deviceMax: 24, netnsMax: 24, nodeMax: 32 };

/** `tcp to 10.0.0.7:80`, or `tcp answers of 10.0.0.7:80` where what failed are the answers. */
export function problemService({ protocol, to, direction }: Problem): string {
  const between = direction === "answer" ? "answers of" : "to";
  return `${label(protocol, 16)} ${between} ${endPoint(label(to.address, 64), to.port)}`;
}

/** `dropped tcp to 10.0.0.7:80`. */
export const problemName = (problem: Problem): string =>
  `${problemOutcome(problem, LABELLED)} ${problemService(problem)}`;

/** `at eth0 in pod-b on n3`; what vanished was last seen there, and is behind it. */
export function problemPlace({ outcome, lastHop }: Problem): string {
  const before = outcome === "dropped" ? "at" : outcome === "vanished" ? "after" : "last seen at";
  return `${before} ${placeName(lastHop, LABELLED, CARD)}`;
}

/** What is counted where these protocols are: `TCP connection`, else `exchange`. */
export function askedNoun(protocols: ReadonlySet<string>): string {
  const nouns = new Set([...protocols].map(exchangeNoun));
  return nouns.size === 1 ? [...nouns][0]! : "exchange";
}

/** `3 problems, 1,030 of 3,801 TCP connections`, and how many of the problems are healed. */
export function problemsHead(
  all: readonly Problem[],
  { failed, total, protocols }: { failed: number; total: number; protocols: ReadonlySet<string> },
): string {
  const noun = askedNoun(protocols);
  const healed = all.filter(({ state }) => state === "healed").length;
  const count = all.length === 0 ? "No known problem" : plural(all.length, "problem");
  const well = healed === 0 ? "" : ` (${grouped(healed)} healed)`;
  return `${count}${well}, ${grouped(failed)} of ${plural(total, noun)}`;
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
