/** What of an incident's problems is news to somebody who is told of each once. */
import type { Report } from "../../event/report.ts";

type Problem = Report["problems"][number];

/** What became of a problem. */
export type NewsKind = "problem.opened" | "problem.healed" | "problem.reopened";

/** One piece of news. */
export interface News {
  event: NewsKind;
  problem: Problem;
}

/** Problems of one incident that somebody was told of: whether each is healed. */
export type Told = Map<string, boolean>;

/**
 * What is new since `told`, which is brought up to date. Problems of which nobody can tell how they ended
 * are no news; a problem that another has swallowed, or that a later look does not confirm, ends silently.
 */
export function problemNews(told: Told, problems: readonly Problem[]): News[] {
  const news: News[] = [];
  const known = problems.filter(({ severity }) => severity !== "unknown");
  for (const problem of known) {
    const isHealed = problem.state === "healed";
    const wasHealed = told.get(problem.id);
    if (wasHealed === undefined) news.push({ event: "problem.opened", problem });
    if (isHealed && wasHealed !== true) news.push({ event: "problem.healed", problem });
    if (!isHealed && wasHealed === true) news.push({ event: "problem.reopened", problem });
    told.set(problem.id, isHealed);
  }
  const there = new Set(known.map(({ id }) => id));
  for (const id of told.keys()) if (!there.has(id)) told.delete(id);
  return news;
}
