/** What a report adds up to, for a list in which the report itself would be too much. */
import { z } from "zod";
import { PROBLEM_STATES, type ProblemState, type Report } from "../../event/report.ts";
import { count } from "./schema_parts.ts";

/** Schema of what a report adds up to. */
export const Overview = z.object({
  incident: z.string(),
  /** Wall clock of the first and last thing reported, RFC 3339; null before anything was. */
  from: z.string().nullable(),
  to: z.string().nullable(),
  /** Names of the nodes that watched. */
  nodes: z.array(z.string()),
  /** How many problems are in each state; those of which nobody knows how it ended stand apart. */
  problems: z.object({ active: count, ended: count, healed: count, unknown: count }),
  exchanges: count,
  flows: count,
});

/** What a report adds up to. */
export type Overview = z.infer<typeof Overview>;

/** What a report adds up to. */
export function overviewOf(report: Report): Overview {
  const { incident, from, to, nodes, problems, exchanges, flows } = report;
  const known = problems.filter(({ severity }) => severity !== "unknown");
  const inState = (state: ProblemState) =>
    known.filter((problem) => problem.state === state).length;
  const [active, ended, healed] = PROBLEM_STATES.map(inState) as [number, number, number];
  return {
    incident,
    from,
    to,
    nodes: nodes.map(({ name }) => name),
    problems: { active, ended, healed, unknown: problems.length - known.length },
    exchanges: exchanges.length,
    flows: flows.length,
  };
}
