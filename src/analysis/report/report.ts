/**
 * Room `report`, after `rules`: what is concluded, as JSON for people and programs.
 *
 * A judged incident to its report.
 */
import { OUTCOMES } from "../../event/codes.ts";
import type { FilterNode, FilterPacket } from "../../event/filter/mod.ts";
import type { Cause, Flow, Report, ReportNode } from "../../event/report.ts";
import { changesOf } from "../change/change.ts";
import { type Exchange, joinedFlows } from "../exchange/exchange.ts";
import { judgeExchanges } from "../exchange/judge.ts";
import { type ExchangeFindings, findingsOf } from "../rules/exchange_causes.ts";
import type { Judgement } from "../verdict/judgement.ts";
import type { FlowGroup } from "../verdict/flows.ts";
import { isWanted, type JudgedIncident } from "../verdict/incident.ts";
import { AllWithheld } from "../verdict/withheld.ts";
import { rfc3339 } from "../view/rfc3339.ts";
import type { AnalysisInput } from "../view/input.ts";
import { watchGaps } from "../view/runs.ts";
import type { NodeView } from "../view/timeline.ts";
import { clocksOf } from "./clock.ts";
import { verdictOf } from "../rules/flow_causes.ts";
import { problemsOf } from "../problem/problem.ts";
import { flowReport } from "./flow_report.ts";
import { neverMade, unsentFlows } from "./unsent.ts";
import { withProblems } from "./problem_report.ts";
import { withEndNames } from "./end_names.ts";
import { exchangeReport, unsentExchange, worstExchangeFirst } from "./exchange_report.ts";
import { withShares } from "./shares.ts";
import { spanOf } from "../view/time_of_day.ts";
import { resolvedFilter } from "../view/resolved_filter.ts";
import { wantedFilter } from "../view/wanted_filter.ts";

/** The report, flows worst first. `judged` is of the same input. */
export function reportOf(input: AnalysisInput, judged: JudgedIncident): Report {
  const { world, evidence, unclaimed } = judged;
  const { nodes } = world;
  const withheld = new AllWithheld(input);
  const filter = resolvedFilter(wantedFilter(input), nodes);
  const exchanges = judgeExchanges(judged.flows, evidence, (flow) => withheld.ofFlow(flow))
    .filter((exchange) => isWanted(formsOf(exchange), filter));
  const found = new Map(exchanges.map((exchange) => [
    exchange,
    findingsOf({ exchange, world, evidence }),
  ]));
  const strays = causesOfStrays(found);
  const shown = shownFlows(judged, exchanges, filter);
  const verdicts = shown.map((flow) =>
    verdictOf(flow, { world, evidence, strays }, withheld.ofFlow(flow))
  );
  const flows = verdicts.map(flowReport);
  const unsent = unsentFlows(evidence, flows)
    .filter(({ flow }) => isWanted([formOfFlow(flow)], filter));
  flows.push(...unsent.map(({ flow }) => flow));
  flows.sort(worstFirst);
  const problems = problemsOf(found, verdicts, unsent.map(neverMade));
  const clocks = clocksOf(judged.judgements, nodes);
  const eventsOf = (node: NodeView) => node.events.length + withheld.events(node.name);
  const events = nodes.reduce((total, node) => total + eventsOf(node), 0);
  const report = withShares({
    version: 1,
    incident: input.incident,
    ...spanOf(nodes),
    nodes: nodes.map((node) => nodeReport(node, clocks, eventsOf(node), input.closed)),
    problems: [],
    changes: [],
    exchanges: [
      ...exchanges.map((exchange) => exchangeReport(exchange, found.get(exchange)!, unsent)),
      ...unsent.filter(({ flow }) => flow.replyOf === undefined).map(unsentExchange),
    ].sort(worstExchangeFirst),
    flows,
    accounting: {
      events,
      inPackets: events - evidence.length - unclaimed,
      evidence: evidence.length,
      unclaimed,
      refused: nodes.reduce((total, node) => total + node.refused, 0),
      evicted: input.evicted,
      ...(input.strayLines ? { strayLines: input.strayLines } : {}),
      ...(input.evictedStates ? { evictedStates: input.evictedStates } : {}),
    },
  });
  return withEndNames(withProblems(report, problems, changesOf(nodes)), nodes);
}

/** Why answers that reached the client from another end were not taken: their exchange tells. */
function causesOfStrays(found: ReadonlyMap<Exchange, ExchangeFindings>): Map<Judgement, Cause> {
  const causes = new Map<Judgement, Cause>();
  for (const [{ misdirected }, { cause, findings }] of found) {
    const why = cause ?? findings[0];
    for (const packet of misdirected) if (why) causes.set(packet, why);
  }
  return causes;
}

/** A filter that any form of the question or an answer fits wants the whole exchange. */
const formsOf = (exchange: Exchange) =>
  joinedFlows(exchange).flatMap(({ forms }) => [...forms.values()]);

/** Flows that the filter lets through, and those that belong to an exchange which it wants. */
function shownFlows(
  { flows }: JudgedIncident,
  exchanges: readonly Exchange[],
  filter: FilterNode,
): FlowGroup[] {
  const belonging = new Set(exchanges.flatMap(joinedFlows));
  return flows.filter((flow) => belonging.has(flow) || isWanted(flow.forms.values(), filter));
}

const NUMBERS: Record<string, number> = { icmp: 1, tcp: 6, udp: 17, icmp6: 58 };

function formOfFlow(flow: Flow): FilterPacket {
  const network = flow.destination.includes(":") ? "ip6" : "ip4";
  return { ...flow, network, protocol: NUMBERS[flow.protocol] ?? Number(flow.protocol) };
}

function worstFirst(a: Flow, b: Flow): number {
  const order = OUTCOMES.indexOf(a.outcome) - OUTCOMES.indexOf(b.outcome);
  if (order !== 0) return order;
  const bad = (flow: Flow) => flow.packets.seen - flow.packets.delivered;
  return bad(b) - bad(a) || (a.id < b.id ? -1 : 1);
}

function nodeReport(
  node: NodeView,
  clocks: ReadonlyMap<string, ReportNode["clock"]>,
  events: number,
  closed: boolean,
): ReportNode {
  const { header } = node;
  const gaps = watchGaps({ ...node, runs: node.probeRuns }, closed);
  const names = header.netns.map((entry) => entry.name ?? String(entry.inode));
  return {
    name: node.name,
    kernel: header.kernel,
    bpftrace: header.bpftrace,
    netns: names,
    scripts: header.scripts,
    events,
    lost: node.lost,
    ...(gaps.length > 0 ? { gaps } : {}),
    clock: clocks.get(node.name) ?? null,
    ...(header.clock.boundMs === undefined || node.wallSteps
      ? {}
      : { timesWithinMs: header.clock.boundMs }),
    ...endOf(node),
  };
}

/** A probe that was started again has not ended. */
function endOf({ probeRuns }: NodeView): { endedAt?: string } {
  const last = probeRuns.at(-1);
  return last?.isEnded ? { endedAt: rfc3339(last.untilMs) } : {};
}
