/**
 * Room `report`, after `rules`: what is concluded, as JSON for people and programs.
 *
 * A judged incident to its report.
 */
import { OUTCOMES } from "../../event/codes.ts";
import { type FilterPacket, printFilter } from "../../event/filter/mod.ts";
import type { Exchange as ExchangeReport, Flow, Report, ReportNode } from "../../event/report.ts";
import { changesOf } from "../change/change.ts";
import { Passing } from "../problem/passing.ts";
import { problemsOf } from "../problem/problem.ts";
import { allTroubles } from "../problem/trouble.ts";
import type { FamiliesChange } from "../verdict/families.ts";
import type { Family } from "../verdict/family.ts";
import { IncidentMemory, isWanted } from "../verdict/incident.ts";
import { AllWithheld } from "../verdict/withheld.ts";
import type { AnalysisInput } from "../view/input.ts";
import { resolvedFilter } from "../view/resolved_filter.ts";
import { rfc3339 } from "../view/rfc3339.ts";
import { watchGaps } from "../view/runs.ts";
import { spanOf } from "../view/time_of_day.ts";
import type { NodeView } from "../view/timeline.ts";
import { wantedFilter } from "../view/wanted_filter.ts";
import { clocksOf } from "./clock.ts";
import type { Conversation, Surroundings, Told } from "./conversation.ts";
import { Conversations } from "./conversations.ts";
import { withEndNames } from "./end_names.ts";
import { exchangeReport, unsentExchange, worstExchangeFirst } from "./exchange_report.ts";
import { withProblems } from "./problem_report.ts";
import { withShares } from "./shares.ts";
import { Sorted } from "./sorted.ts";
import { neverMade, type Unsent, unsentFlows } from "./unsent.ts";

/** What stays of an incident from one report to the next. */
export class ReportMemory {
  readonly #incident = new IncidentMemory();
  readonly #withheld = new AllWithheld();
  #conversations = new Conversations();
  #flows = new Sorted<Flow>(worstFirst);
  #exchanges = new Sorted<ExchangeReport>(worstExchangeFirst);
  #families: ReadonlySet<Family> | null = null;
  #filter = "";

  /** The report, flows worst first. */
  report(input: AnalysisInput): Report {
    const judged = this.#incident.judge(input);
    const { nodes, cluster, evidence, others, unclaimed } = judged;
    const withheld = this.#withheld;
    withheld.take(input.withheld ?? []);
    const filter = resolvedFilter(wantedFilter(input), nodes);
    const isNew = this.#renew(judged.families, printFilter(filter));
    // Whoever begins anew knows of no family.
    const change = isNew ? { judged: [...judged.families], ended: [] } : judged.change;
    this.#tell(change, { ...judged, filter, withheld });
    const told = [...this.#conversations.all].map((one) => one.told!);
    const unsent = unsentFlows(evidence, () => this.#flows.items)
      .filter(({ flow }) => isWanted([formOfFlow(flow)], filter));
    const troubles = allTroubles(told.map((one) => one.troubles), unsent.map(neverMade));
    const problems = problemsOf(troubles, () => new Passing(told.map(({ passed }) => passed)));
    const clocks = clocksOf(others.delays.all, nodes);
    const eventsOf = (node: NodeView) => node.events.length + withheld.events(node.name);
    const events = nodes.reduce((total, node) => total + eventsOf(node), 0);
    const report = withShares({
      version: 1,
      incident: input.incident,
      ...spanOf(nodes),
      nodes: nodes.map((node) => nodeReport(node, clocks, eventsOf(node), input.closed)),
      problems: [],
      changes: [],
      exchanges: withUnsent(this.#exchanges.items, told, unsent),
      flows: unsent.length === 0
        ? this.#flows.items
        : [...this.#flows.items, ...unsent.map(({ flow }) => flow)].sort(worstFirst),
      accounting: {
        events,
        inPackets: events - evidence.size - unclaimed,
        evidence: evidence.size,
        unclaimed,
        refused: nodes.reduce((total, node) => total + node.refused, 0),
        evicted: input.evicted,
        ...(input.strayLines ? { strayLines: input.strayLines } : {}),
        ...(input.evictedStates ? { evictedStates: input.evictedStates } : {}),
      },
    });
    return withEndNames(withProblems(report, problems, changesOf(nodes)), nodes, cluster);
  }

  /** What was concluded of another incident, or by another filter, is nothing now. */
  #renew(families: ReadonlySet<Family>, filter: string): boolean {
    if (this.#families === families && this.#filter === filter) return false;
    this.#families = families;
    this.#filter = filter;
    this.#conversations.end();
    this.#conversations = new Conversations();
    this.#flows = new Sorted(worstFirst);
    this.#exchanges = new Sorted(worstExchangeFirst);
    return true;
  }

  #tell(change: FamiliesChange, surroundings: Surroundings): void {
    const { come, gone } = this.#conversations.tell(change, surroundings);
    const flows = (all: readonly Conversation[]) => all.flatMap((one) => one.told?.flows ?? []);
    const exchanges = (all: readonly Conversation[]) =>
      all.flatMap((one) => one.told?.exchanges.map(({ report }) => report) ?? []);
    this.#flows.change(flows(gone), flows(come));
    this.#exchanges.change(exchanges(gone), exchanges(come));
  }
}

/** Exchanges with those that could not be asked or answered, because a packet was never made. */
function withUnsent(
  exchanges: ExchangeReport[],
  told: readonly Told[],
  unsent: readonly Unsent[],
): ExchangeReport[] {
  if (unsent.length === 0) return exchanges;
  const answers = Map.groupBy(unsent, ({ flow }) => flow.replyOf ?? "");
  const others = new Map<ExchangeReport, ExchangeReport>();
  for (const { exchange, findings, report } of told.flatMap((one) => one.exchanges)) {
    const [answer] = answers.get(exchange.question.id) ?? [];
    if (answer) others.set(report, exchangeReport(exchange, findings, answer.flow));
  }
  return [
    ...exchanges.map((exchange) => others.get(exchange) ?? exchange),
    ...unsent.filter(({ flow }) => flow.replyOf === undefined).map(unsentExchange),
  ].sort(worstExchangeFirst);
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
  const gaps = watchGaps(node, closed);
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
    ...(node.timesWithinMs === undefined ? {} : { timesWithinMs: node.timesWithinMs }),
    ...endOf(node),
  };
}

/** A probe that was started again has not ended. */
function endOf({ probeRuns }: NodeView): { endedAt?: string } {
  const last = probeRuns.at(-1);
  return last?.isEnded ? { endedAt: rfc3339(last.endedMs) } : {};
}
