/// <reference lib="dom" />
/** How much of a problem there is, in the stretch of time that the reader looks at. */
import type { Problem } from "../../event/report.ts";
import { problemSize } from "../../words/problem.ts";
import { inShownTime, timeWindow } from "../state/model.ts";
import type { ShownProblem } from "../state/in_window.ts";
import { LABELLED, plural } from "./writing.ts";

/** `344 TCP connections from 3 clients`; with a stretch of time also of what time that is. */
export function ProblemSize({ problem }: { problem: Problem }) {
  return sizeWords(inShownTime(problem), timeWindow.value !== null);
}

/** The same of a problem as it is shown; `isPart`: a stretch of time is looked at. */
export function sizeWords(problem: ShownProblem, isPart: boolean): string {
  const size = problemSize(problem, plural, { ...LABELLED, arrow: "→" });
  if (!isPart) return size;
  return `${size} ${problem.inWindow?.isCounted ? "in this time" : "in the whole incident"}`;
}
