/// <reference lib="dom" />
/** The problems that the shown flow is part of, and whether they still are. */
import type { Cause, Flow, Problem } from "../../event/report.ts";
import { ProblemSize } from "../parts/problem_size.tsx";
import { Mended } from "../parts/mended.tsx";
import { problemsOf, showProblem } from "../state/model.ts";
import { toldProblems } from "../state/told.ts";

/** One line a problem; nothing for a flow that is part of none. */
export function FlowProblems({ flow }: { flow: Flow }) {
  const all = problemsOf(flow);
  if (all.length === 0) return null;
  return (
    <ul class="of-problems" aria-label="problems of this flow">
      {all.map((problem) => (
        <li
          key={problem.id}
          class={`is-${problem.severity === "unknown" ? "ended" : problem.state}`}
        >
          <b class="state-words">
            <Mended problem={problem} />
          </b>
          <button type="button" onClick={() => showProblem(problem.id)}>
            <ProblemSize problem={problem} />
          </button>
        </li>
      ))}
    </ul>
  );
}

const isHealed = ({ state }: Problem) => state === "healed";

/** Whether all problems of a flow are healed: then nothing about it is left to do. */
export const isMended = (flow: Flow): boolean => {
  const all = problemsOf(flow);
  return all.length > 0 && all.every(isHealed);
};

/**
 * Whether the problems of a flow that have this cause are healed: its remedy is not needed any more. A
 * flow that got through at last is part of none: then those count that ask for the same command.
 */
export function isCauseMended(flow: Flow, { code, remedy = [] }: Cause): boolean {
  const own = problemsOf(flow);
  const isSame = ({ cause }: Problem) => cause?.code === code;
  const asksSame = (one: Problem) => isSame(one) && one.cause?.remedy?.some(isIn(remedy)) === true;
  const same = own.length > 0 ? own.filter(isSame) : toldProblems.value.filter(asksSame);
  return same.length === 0 ? isMended(flow) : same.every(isHealed);
}

const isIn = (commands: readonly string[]) => (command: string) => commands.includes(command);
