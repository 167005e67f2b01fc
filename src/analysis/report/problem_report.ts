/** A problem as the report has it. */
import {
  type Exchange,
  type Flow,
  type Problem as ProblemReport,
  PROBLEM_STATES,
  type Report,
  SEVERITIES,
} from "../../event/report.ts";
import type { Change } from "../change/change.ts";
import { hash } from "../kernel/hash.ts";
import type { Problem } from "../problem/problem.ts";
import type { Trouble } from "../problem/trouble.ts";
import { added, countOf } from "../verdict/withheld.ts";
import { bucketsOfBoth, rateOf } from "../view/rate.ts";
import { rfc3339 } from "../view/rfc3339.ts";
import { wallMsAt } from "../view/time_of_day.ts";
import { ReportedChanges } from "./change_report.ts";
import { kept } from "./kept.ts";
import { hopsOf } from "./path.ts";

/** Addresses of clients that are named. */
const FROM_MAX = 32;
/** Problems that a report has; what is beyond is the least bad. */
const PROBLEMS_MAX = 500;

/** What a problem is shown with: flows and exchanges of the same report, by their ids. */
interface Shown {
  flows: ReadonlyMap<string, Flow>;
  exchanges: ReadonlyMap<string, Exchange>;
  changes: ReportedChanges;
}

const keptExchange = kept<Exchange, Exchange>();
const keptFlow = kept<Flow, Flow>();

/** Problems of the report, worst first, and which flows and exchanges are part of each. */
function problemReports(problems: readonly Problem[], shown: Shown): ProblemReport[] {
  return problems.map((problem) => problemReport(problem, shown)).sort(worstFirst)
    .slice(0, PROBLEMS_MAX);
}

/** The id of a problem, which its key alone decides. */
const problemId = ({ key }: Pick<Problem, "key">): string =>
  `p${hash(key).toString(16).padStart(16, "0")}`;

function problemReport(problem: Problem, shown: Shown): ProblemReport {
  const { troubles, passes, healing } = problem;
  const [first] = troubles;
  const { outcome, gap, direction, to, protocol } = first!;
  const flows = [...new Set(troubles.map(({ flow }) => flow))]
    .flatMap((id) => shown.flows.get(id) ?? []);
  const failures = troubles.flatMap(({ place, failedAt }) =>
    failedAt.map((at) => wallMsAt(place.node, at))
  ).sort((a, b) => a - b);
  const known = new Set(troubles.map(({ client }) => client));
  const clients = [...known].sort();
  const questions = passes.filter(({ isQuestion }) => isQuestion);
  const own = questions.filter(({ client }) => known.has(client));
  const cause = causeOf(first!, shown);
  const began = shown.changes.began(healing.courses);
  const mended = shown.changes.mended(healing.courses);
  const [failed, passed] = bucketsOfBoth(
    rateOf(failures),
    rateOf(questions.map(({ wallMs }) => wallMs)),
  );
  return {
    id: problemId(problem),
    state: healing.state,
    severity: severityOf(first!, own.length),
    outcome,
    ...(cause ? { cause } : {}),
    ...(gap === undefined ? {} : { gap: gap.slice(0, 500) }),
    lastHop: lastHopOf(first!, shown),
    direction,
    from: clients.slice(0, FROM_MAX),
    to,
    protocol,
    flows: new Set(troubles.map(({ exchange, flow }) => exchange?.question.id ?? flow)).size,
    clients: clients.length,
    passed: own.length,
    packets: flows.reduce((total, { packets }) => added(total, packets), countOf([])),
    firstAt: rfc3339(failures[0]!),
    lastAt: rfc3339(failures.at(-1)!),
    ...(healing.healedMs === undefined ? {} : { healedAt: rfc3339(healing.healedMs) }),
    ...(began.length === 0 ? {} : { began }),
    ...(mended.length === 0 ? {} : { mended }),
    ...(healing.state === "active" ? {} : { deliveredSince: healing.deliveredSince }),
    timeline: { failed, passed },
    example: first!.flow,
    // What is mended needs no command: the rule that it names may be another by now.
    actions: healing.state === "healed" ? [] : cause?.remedy ?? [],
  };
}

/** The cause as the flow or the exchange of the report has it: with what all of them together tell. */
function causeOf({ cause, flow, exchange }: Trouble, { flows, exchanges }: Shown) {
  if (!cause) return undefined;
  const shown = flows.get(flow);
  const all = [
    exchanges.get(exchange?.question.id ?? "")?.cause,
    shown?.cause,
    ...shown?.otherCauses ?? [],
  ];
  return all.find((other) => other?.code === cause.code && other.sentence === cause.sentence) ??
    cause;
}

function lastHopOf({ best, flow, dead }: Trouble, { flows }: Shown) {
  const shown = flows.get(flow);
  if (best && (dead.length > 0 || !shown)) return hopsOf(best.steps).at(-1)!;
  return shown!.lastHop;
}

function severityOf({ outcome, exchange }: Trouble, passed: number): ProblemReport["severity"] {
  if (outcome === "unknown") return "unknown";
  // Its exchange got its answer all the same.
  if (outcome === "slow" || (exchange?.answeredBy && exchange.outcome === "answered")) {
    return "minor";
  }
  return passed > 0 ? "major" : "critical";
}

const RANK_OF_STATE = Object.fromEntries(PROBLEM_STATES.map((state, i) => [state, i]));
const RANK_OF_SEVERITY = Object.fromEntries(SEVERITIES.map((severity, i) => [severity, i]));

function worstFirst(a: ProblemReport, b: ProblemReport): number {
  return RANK_OF_STATE[a.state]! - RANK_OF_STATE[b.state]! ||
    RANK_OF_SEVERITY[a.severity]! - RANK_OF_SEVERITY[b.severity]! ||
    b.flows - a.flows || (a.id < b.id ? -1 : 1);
}

/** The report with its problems, what changed meanwhile, and with their ids in the flows and exchanges that are part of them. */
export function withProblems(
  report: Report,
  problems: readonly Problem[],
  changed: readonly Change[],
): Report {
  const flows = new Map(report.flows.map((flow) => [flow.id, flow]));
  const exchanges = new Map(report.exchanges.map((exchange) => [exchange.id, exchange]));
  const changes = new ReportedChanges(changed);
  const told = problemReports(problems, { flows, exchanges, changes });
  const byId = new Map(problems.map((problem) => [problemId(problem), problem]));
  const ofFlow = new Map<string, Set<string>>();
  const ofExchange = new Map<string, string>();
  for (const { id } of told) {
    for (const { flow, exchange } of byId.get(id)!.troubles) {
      ofFlow.set(flow, (ofFlow.get(flow) ?? new Set()).add(id));
      const asked = exchange?.question.id ?? flow;
      // Of several, the exchange has the one that the report has first.
      if (!ofExchange.has(asked)) ofExchange.set(asked, id);
    }
  }
  return {
    ...report,
    problems: told,
    changes: changes.told(),
    exchanges: report.exchanges.map((exchange) => {
      const problem = ofExchange.get(exchange.id);
      if (problem === undefined) return exchange;
      return keptExchange(exchange, problem, () => ({ ...exchange, problem }));
    }),
    flows: report.flows.map((flow) => {
      const own = ofFlow.get(flow.id);
      if (!own) return flow;
      const problems = [...own].sort();
      return keptFlow(flow, problems.join(" "), () => ({ ...flow, problems }));
    }),
  };
}
