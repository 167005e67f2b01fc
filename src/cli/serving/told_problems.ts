/** Problems of an incident, told once when they show and once when they are healed. */
import type { Problem } from "../../event/report.ts";
import type { Look } from "../render/look.ts";
import { problemHead } from "../render/problem.ts";

/** Lines about problems; then it is said that there are more, and where to read them. */
const TOLD_MAX = 40;

/** What was told already. */
export class ToldProblems {
  #told = new Set<string>();

  constructor(readonly look: Look) {}

  /** Lines for what is new. */
  lines(problems: readonly Problem[]): string[] {
    const lines: string[] = [];
    for (const problem of problems) {
      const what = `${problem.state === "healed" ? "healed" : "fails"} ${problem.id}`;
      if (this.#told.has(what) || this.#told.size > TOLD_MAX) continue;
      this.#told.add(what);
      lines.push(
        ...this.#told.size > TOLD_MAX
          ? ["  more problems are told by lasthop report and on the page"]
          : problemHead(problem, this.look),
      );
    }
    return lines;
  }
}
