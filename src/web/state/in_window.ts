/** Problems in a stretch of time: what of their numbers is known of it alone. Pure. */
import type { Buckets, Problem } from "../../event/report.ts";
import { SEVERITIES } from "../../event/codes.ts";
import { clientOf, type Group, problemIdsOf } from "./groups.ts";
import { bucketsWithin, isProblemWithin, type Window } from "./window.ts";

/** What is known of a problem in a stretch of time. */
export interface InWindow {
  /** How often it failed. */
  failures: number;
  /** How often its kind got through. */
  passes: number;
  /** Parts of time reach out of the stretch: it had as many at most. */
  isAtMost: boolean;
  /**
   * Whether flows and clients are those of the stretch; false: of the whole incident, because the report
   * does not have all of its flows.
   */
  isCounted: boolean;
  /** Start of the first part with a failure and end of the last, ms since 1970; null: not known. */
  span: Window | null;
}

/** A problem as it is shown: with a stretch of time its flows, clients and timeline are those of it. */
export interface ShownProblem extends Problem {
  inWindow?: InWindow;
}

/** The problems that failed in a stretch of time, worst first; `within` are those of `all` in it. */
export function problemsInWindow(
  problems: readonly Problem[],
  { all, within }: { all: readonly Group[]; within: readonly Group[] },
  window: Window,
): ShownProblem[] {
  const [whole, own] = [byProblem(all), byProblem(within)];
  const rank = ({ severity }: Problem) => SEVERITIES.indexOf(severity);
  const places = new Map(
    problems.map(({ state }, i) => [state, i]).reverse() as [string, number][],
  );
  return problems.filter((one) => isProblemWithin(one, window))
    .map((one) => inWindow(one, whole.get(one.id) ?? [], own.get(one.id) ?? [], window))
    // As the whole report is ordered: by state, severity, then how much fails.
    .sort((a, b) =>
      places.get(a.state)! - places.get(b.state)! || rank(a) - rank(b) || b.flows - a.flows
    );
}

function byProblem(groups: readonly Group[]): Map<string, Group[]> {
  const found = new Map<string, Group[]>();
  for (const group of groups) {
    for (const id of new Set(problemIdsOf(group))) {
      const own = found.get(id);
      if (own) own.push(group);
      else found.set(id, [group]);
    }
  }
  return found;
}

function inWindow(
  problem: Problem,
  all: readonly Group[],
  own: readonly Group[],
  window: Window,
): ShownProblem {
  const failed = bucketsWithin(problem.timeline.failed, window);
  const passed = bucketsWithin(problem.timeline.passed, window);
  const isCounted = all.length === problem.flows && own.length > 0;
  const clients = [...new Set(own.map(clientOf))].sort();
  const passes = sumOf(passed.buckets);
  return {
    ...problem,
    ...isCounted && { flows: own.length, clients: clients.length, from: clients.slice(0, 32) },
    passed: passes,
    timeline: { failed: failed.buckets, passed: passed.buckets },
    inWindow: {
      failures: sumOf(failed.buckets),
      passes,
      isAtMost: !failed.isWhole || !passed.isWhole,
      isCounted,
      span: spanOf(failed.buckets),
    },
  };
}

const sumOf = ({ counts }: Buckets): number => counts.reduce((sum, one) => sum + one, 0);

function spanOf({ from, seconds, counts }: Buckets): Window | null {
  const start = Date.parse(from);
  const first = counts.findIndex((count) => count > 0);
  if (first < 0 || Number.isNaN(start)) return null;
  const last = counts.findLastIndex((count) => count > 0);
  return { fromMs: start + first * seconds * 1000, toMs: start + (last + 1) * seconds * 1000 };
}
