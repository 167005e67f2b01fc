/** A problem: how much fails, where to, since when, and whether it still does. */
import type { Problem, Report } from "../../event/report.ts";
import { nearLines } from "../../words/change.ts";
import {
  clockInUtc,
  passedWords,
  problemEnd,
  problemOutcome,
  problemSize,
} from "../../words/problem.ts";
import { mendedText } from "../../words/mended.ts";
import { boundText } from "../../words/time_bound.ts";
import type { Look, Style } from "./look.ts";
import { plural } from "./words.ts";

const STYLES = { active: "red", ended: "dim", healed: "green" } as const;

/** What the report has beside what is told. */
export type Around = Pick<Report, "changes" | "nodes">;

/** The colour of a problem: of its state, and of one that nobody can judge the colour of that. */
export const problemStyle = ({ state, severity }: Problem): Style =>
  state === "active" && (severity === "unknown" || severity === "minor") ? "yellow" : STYLES[state];

/**
 * `✕ dropped, netfilter-drop: 344 connections of 3 clients to tcp 10.0.0.7:80, 12 got through`, when
 * that was, and what of the changes was made when it began or was mended.
 */
export function problemLines(
  problem: Problem,
  { changes, nodes }: Around,
  look: Look,
): string[] {
  const time = timeIn(look);
  return [
    ...problemHead(problem, look),
    ...whenLines(problem, nodes, look),
    // What these words add themselves, a µ, is spelled here for a terminal that has none.
    ...nearLines(problem, changes, time, look)
      .flatMap((line) => look.lines(look.text(line, 2_000), 2))
      .map((line) => look.paint("dim", line)),
  ];
}

/** What fails, in a sentence; of what is healed when that was comes first: `✓ healed 20:20:39.120`. */
export function problemHead(problem: Problem, look: Look): string[] {
  const { cause, direction, state, severity, healedAt, lastAt } = problem;
  const open = severity === "unknown" || severity === "minor";
  const healed = state === "healed" ? `healed ${timeIn(look)(healedAt ?? lastAt)}  ` : "";
  const mark = state === "healed" ? look.glyph.delivered : open ? look.glyph.open : look.glyph.lost;
  const word = problemOutcome(problem, look);
  const what = cause ? `${word}, ${cause.code}` : word;
  const way = direction === "answer" ? "answers of " : "";
  const passed = passedWords(problem, plural);
  const others = passed === "" ? "" : `; ${passed}`;
  const size = problemSize(problem, plural, look);
  const sentence = `${what}: ${way}${size} to ${problemEnd(problem, look)}${others}`;
  const style = problemStyle(problem);
  return look.lines(`${mark} ${healed}${sentence}`, 2)
    .map((line, i) => look.paint(style, i === 0 ? line.slice(2) : line));
}

/** When it failed, and what is known of it since, by the clock of the node that saw it. */
export function whenLines(problem: Problem, nodes: Around["nodes"], look: Look): string[] {
  const times = mendedText(problem, { time: timeIn(look), nowMs: null, isHealedTold: true });
  const bound = boundText(nodes);
  return look.lines(look.text(bound === "" ? times : `${times} (${bound})`, 500), 2, "dim");
}

const timeIn = (look: Look) => (timeOfDay: string) => clockInUtc(look.text(timeOfDay, 40));
