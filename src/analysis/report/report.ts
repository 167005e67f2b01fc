/**
 * Room `report`, after `rules`: what is concluded, as JSON for people and programs.
 *
 * A judged incident to its report.
 */
import { printFilter } from "../../event/filter/mod.ts";
import type { Problem as ProblemReport, Report } from "../../event/report.ts";
import { changesOf } from "../change/change.ts";
import { Problems } from "../problem/problems.ts";
import { clusterPlaces } from "../cluster/places.ts";
import type { Family } from "../verdict/family.ts";
import { IncidentMemory, type JudgedIncident } from "../verdict/incident.ts";
import { AllWithheld } from "../verdict/withheld.ts";
import type { AnalysisInput } from "../view/input.ts";
import { resolvedFilter } from "../view/resolved_filter.ts";
import { spanOf } from "../view/time_of_day.ts";
import type { NodeView } from "../view/timeline.ts";
import { wantedFilter } from "../view/wanted_filter.ts";
import { ReportedChanges } from "./change_report.ts";
import { Concluded } from "./concluded.ts";
import type { Conversation, Surroundings } from "./conversation.ts";
import { Conversations } from "./conversations.ts";
import { EndNames } from "./end_names.ts";
import { NodeReports } from "./node_reports.ts";
import { ProblemReports } from "./problem_reports.ts";
import { Shares } from "./shares.ts";

/** By whom ends are named, and what changed is told. */
type Named = Pick<JudgedIncident, "nodes" | "cluster">;

/** What stays of an incident from one report to the next, while all is asked by one filter. */
class Growing {
  readonly conversations = new Conversations();
  readonly concluded = new Concluded();
  readonly shares = new Shares();
  readonly problems = new Problems();
  readonly reports = new ProblemReports();
  readonly names = new EndNames();
  #changes = { of: new ReportedChanges([]), settings: -1 };

  constructor(readonly families: ReadonlySet<Family>, readonly filter: string) {}

  /**
   * Takes what was judged anew, and shows it. `packetsMax`: of conversations that are concluded again. `rest`:
   * what is done with families that were told.
   */
  tell(
    { change, postponed, nodes, cluster }: Named & Pick<JudgedIncident, "change" | "postponed">,
    surroundings: Surroundings,
    packetsMax: number,
    rest: (told: readonly Family[]) => void,
  ): void {
    const { concluded, shares, problems, reports, names } = this;
    const { flows, exchanges } = concluded;
    const { gone, come } = this.conversations.tell(
      change,
      surroundings,
      postponed,
      packetsMax,
      rest,
    );
    const toldOf = (all: readonly Conversation[]) => all.flatMap(({ told }) => told ?? []);
    const { evidence, filter } = surroundings;
    const told = { gone: toldOf(gone), come: toldOf(come) };
    const { ids, troubles, passed } = concluded.take(told, evidence, filter);
    const said = shares.change(ids, (id) => exchanges.get(id), (id) => flows.get(id));
    reports.take(troubles);
    for (const id of [...ids, ...said]) reports.touch(id);
    const dressed = <T>(item: T | undefined, dress: (item: T) => T) => item && dress(item);
    const moved = reports.tell(problems.change(troubles, passed), {
      flowOf: (id) => dressed(flows.get(id), (flow) => shares.ofFlow(flow)),
      exchangeOf: (id) => dressed(exchanges.get(id), (one) => shares.ofExchange(one)),
      changes: this.#changesOf(nodes),
    });
    const isNamedOther = names.take(nodes, cluster);
    for (const list of [flows, exchanges]) {
      for (const id of said) list.touch(id);
      for (const id of moved) list.touch(id);
      if (isNamedOther) list.touchAll();
    }
    flows.tell((flow) => names.ofFlow(reports.ofFlow(shares.ofFlow(flow))));
    exchanges.tell((one) => names.ofExchange(reports.ofExchange(shares.ofExchange(one))));
  }

  /** Worst first, with the names of their ends. */
  get told(): ProblemReport[] {
    return this.reports.problems.map((problem) => this.names.ofProblem(problem));
  }

  /** Made anew only when a state or a setting changed. */
  #changesOf(nodes: readonly NodeView[]): ReportedChanges {
    const changes = changesOf(nodes);
    const settings = nodes[0]?.shared.settings.version ?? -1;
    const { of, settings: before } = this.#changes;
    if (of.changes !== changes || before !== settings) {
      this.#changes = { of: new ReportedChanges(changes), settings };
    }
    return this.#changes.of;
  }

  /** Nobody asks any more. */
  end(): void {
    this.conversations.end();
  }
}

/** What stays of an incident from one report to the next. */
export class ReportMemory {
  readonly #incident = new IncidentMemory();
  readonly #withheld = new AllWithheld();
  readonly #nodes = new NodeReports();
  #growing = new Growing(new Set(), "");
  /** Of the last report. */
  #mark = -1;
  /** [D11] The mark of a report: whatever fell into doubt up to that one was judged since. */
  judgedTo = -1;

  /** `packetsAwakeMax`: of more packets those that were used longest ago are kept in a form that takes less. */
  constructor(readonly packetsAwakeMax = Infinity) {}

  /**
   * The report, flows worst first. `packetsMax`: where more would have to be judged again, some wait. `mark`:
   * what it is known by in `judgedTo`, no less than that of the report before.
   */
  report(input: AnalysisInput, packetsMax = Infinity, mark = this.#mark + 1): Report {
    this.#incident.mark(this.#mark);
    this.#growing.conversations.mark(this.#mark);
    this.#mark = mark;
    const judged = this.#incident.judge(input, packetsMax);
    const { nodes, families, evidence, others, unclaimed } = judged;
    const withheld = this.#withheld;
    withheld.take(input.withheld ?? []);
    const filter = resolvedFilter(
      wantedFilter(input),
      nodes,
      () => clusterPlaces(judged.cluster),
    );
    const { growing, isNew } = this.#growingOf(families, printFilter(filter));
    // Whoever begins anew knows of no family.
    const change = isNew ? { judged: [...families], ended: [] } : judged.change;
    const rest = this.#incident.restTold(this.packetsAwakeMax);
    growing.tell({ ...judged, change }, { ...judged, filter, withheld }, packetsMax, rest);
    const { postponed, judgedTo } = growing.conversations;
    this.judgedTo = Math.min(mark, judgedTo);
    this.#incident.rest(this.packetsAwakeMax);
    const eventsOf = (node: NodeView) => node.events.length + withheld.events(node.name);
    const events = nodes.reduce((total, node) => total + eventsOf(node), 0);
    return {
      version: 1,
      incident: input.incident,
      ...spanOf(nodes),
      nodes: this.#nodes.tell(nodes, {
        delays: others.delays,
        eventsOf,
        evidenceOf: (node) => evidence.sizeOn(node),
        closed: input.closed,
        silent: input.silent ?? [],
      }),
      problems: growing.told,
      changes: growing.reports.changes,
      exchanges: growing.concluded.exchanges.items,
      flows: growing.concluded.flows.items,
      accounting: {
        events,
        inPackets: events - evidence.size - unclaimed,
        evidence: evidence.size,
        unclaimed,
        refused: nodes.reduce((total, node) => total + node.refused, 0),
        evicted: input.evicted,
        ...(input.strayLines ? { strayLines: input.strayLines } : {}),
        ...(input.evictedStates ? { evictedStates: input.evictedStates } : {}),
        ...(postponed ? { postponed } : {}),
      },
    };
  }

  /** What was concluded of another incident, or by another filter, is nothing now. */
  #growingOf(families: ReadonlySet<Family>, filter: string) {
    const before = this.#growing;
    if (before.families === families && before.filter === filter) {
      return { growing: before, isNew: false };
    }
    before.end();
    return { growing: this.#growing = new Growing(families, filter), isNew: true };
  }
}
