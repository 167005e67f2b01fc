/** All problems of the report, and which flows and exchanges are part of each. Rule D5. */
import type {
  Change as ChangeReport,
  Exchange,
  Flow,
  Problem as ProblemReport,
} from "../../event/report.ts";
import type { Change } from "../change/change.ts";
import { keyOf } from "../problem/fold.ts";
import { askedOf, type Problem } from "../problem/problem.ts";
import type { ProblemsChange } from "../problem/problems.ts";
import type { Trouble } from "../problem/trouble.ts";
import { changeInOrder, Counted } from "../view/ordered.ts";
import { ReportedChanges } from "./change_report.ts";
import { kept } from "./kept.ts";
import { ReportedProblem, type Surroundings, worstProblemFirst } from "./problem_report.ts";
import type { Difference } from "./shown.ts";

/** Problems that a report has; what is beyond is the least bad. */
const PROBLEMS_MAX = 500;

const keptExchange = kept<Exchange, Exchange>();
const keptFlow = kept<Flow, Flow>();

/** The problems of one incident as its reports have them. */
export class ProblemReports {
  /** By its key. */
  readonly #reported = new Map<string, ReportedProblem>();
  readonly #inDoubt = new Set<Problem>();
  /** Keys of problems by the flow that shows them, and by what was asked. */
  readonly #ofFlow = new Map<string, Counted<string>>();
  readonly #ofAsked = new Map<string, Counted<string>>();
  /** What was asked that is part of several. */
  readonly #ofSeveral = new Set<string>();
  /** Keys of problems of whose flows or exchanges something else is said. */
  readonly #touched = new Set<string>();
  /** Flows and exchanges that may be part of other problems than they were shown with. */
  #moved = new Set<string>();
  #sorted: ProblemReport[] = [];
  #problems: readonly ProblemReport[] = [];
  /** The place of each that the report has, by its id. */
  #ranks = new Map<string, number>();
  #about = new ReportedChanges([]);
  readonly #named = new Counted<Change>();
  #changes: ChangeReport[] = [];

  /** Worst first. The same array while nothing of it changes. */
  get problems(): readonly ProblemReport[] {
    return this.#problems;
  }

  /** What changed on the nodes. The same array while nothing of it changes. */
  get changes(): ChangeReport[] {
    return this.#changes;
  }

  /** Takes troubles that are others. */
  take({ gone, come }: Difference<Trouble>): void {
    for (const trouble of gone) this.#place(trouble, "remove");
    for (const trouble of come) this.#place(trouble, "add");
  }

  /** Something else is said of the flow or the exchange with this id. */
  touch(id: string): void {
    for (const key of this.#ofFlow.get(id)?.keys() ?? []) this.#touched.add(key);
    for (const key of this.#ofAsked.get(id)?.keys() ?? []) this.#touched.add(key);
  }

  /** Tells anew what is other. Returns the ids of flows and exchanges that are part of others now. */
  tell({ told, ended }: ProblemsChange, shown: Surroundings): Set<string> {
    const gone: ProblemReport[] = [];
    const come: ProblemReport[] = [];
    const isOther = this.#about !== shown.changes;
    this.#about = shown.changes;
    let isNamedOther = isOther;
    for (const { key } of ended) {
      const known = this.#reported.get(key);
      if (!known) continue;
      this.#reported.delete(key);
      known.end();
      gone.push(known.report!);
      isNamedOther ||= known.named.length > 0;
      for (const change of known.named) this.#named.remove(change);
    }
    for (const problem of this.#again(told, isOther)) {
      let known = this.#reported.get(problem.key);
      if (known) gone.push(known.report!);
      else {
        known = new ReportedProblem(problem, this.#inDoubt);
        this.#reported.set(problem.key, known);
      }
      const before = known.named;
      come.push(known.tell(shown));
      for (const change of known.named) this.#named.add(change);
      for (const change of before) this.#named.remove(change);
      isNamedOther ||= before.length !== known.named.length ||
        before.some((change, i) => change !== known.named[i]);
    }
    if (gone.length + come.length > 0) this.#order(gone, come);
    if (isNamedOther) this.#changes = shown.changes.told(this.#named);
    const moved = this.#moved;
    this.#moved = new Set();
    return moved;
  }

  #again(told: Iterable<Problem>, isAll: boolean): Set<Problem> {
    const again = new Set([...told, ...this.#inDoubt]);
    this.#inDoubt.clear();
    const keys = isAll ? this.#reported.keys() : this.#touched;
    for (const key of keys) {
      const known = this.#reported.get(key);
      if (known) again.add(known.problem);
    }
    this.#touched.clear();
    return again;
  }

  /** Puts them in their order. */
  #order(gone: readonly ProblemReport[], come: readonly ProblemReport[]): void {
    this.#sorted = changeInOrder(this.#sorted, worstProblemFirst, gone, come);
    const before = this.#problems;
    this.#problems = this.#sorted.slice(0, PROBLEMS_MAX);
    const isInOrder = before.length === this.#problems.length &&
      before.every(({ id }, i) => this.#problems[i]!.id === id);
    if (isInOrder) return;
    const ranks = this.#ranks;
    this.#ranks = new Map(this.#problems.map(({ id }, rank) => [id, rank]));
    for (const id of this.#ofSeveral) this.#moved.add(id);
    for (const known of this.#reported.values()) {
      if (ranks.has(known.id) !== this.#ranks.has(known.id)) this.#moveAll(known);
    }
  }

  /** The report has it now, or no more. */
  #moveAll({ problem }: ReportedProblem): void {
    for (const trouble of problem.troubles()) {
      this.#moved.add(trouble.flow);
      this.#moved.add(askedOf(trouble));
    }
  }

  #place(trouble: Trouble, way: "add" | "remove"): void {
    const key = keyOf(trouble);
    const asked = askedOf(trouble);
    const several = placed(this.#ofAsked, asked, key, way) > 1;
    placed(this.#ofFlow, trouble.flow, key, way);
    this.#ofSeveral[several ? "add" : "delete"](asked);
    this.#moved.add(trouble.flow);
    this.#moved.add(asked);
  }

  /** The ids of problems with these keys that the report has, and the place of each. */
  #toldOf(keys: Counted<string> | undefined): { id: string; rank: number }[] {
    if (!keys) return [];
    return [...keys.keys()].flatMap((key) => {
      const id = this.#reported.get(key)!.id;
      const rank = this.#ranks.get(id);
      return rank === undefined ? [] : [{ id, rank }];
    });
  }

  /** The flow with the problems that it shows. */
  ofFlow(flow: Flow): Flow {
    const told = this.#toldOf(this.#ofFlow.get(flow.id));
    if (told.length === 0) return flow;
    const problems = told.map(({ id }) => id).sort();
    return keptFlow(flow, problems.join(" "), () => ({ ...flow, problems }));
  }

  /** The exchange with the problem that it is part of: of several, the one that the report has first. */
  ofExchange(exchange: Exchange): Exchange {
    const told = this.#toldOf(this.#ofAsked.get(exchange.id));
    if (told.length === 0) return exchange;
    const { id: problem } = told.reduce((a, b) => a.rank < b.rank ? a : b);
    return keptExchange(exchange, problem, () => ({ ...exchange, problem }));
  }
}

/** Counts a key to an id, or no more; gives how many it has. */
function placed(
  index: Map<string, Counted<string>>,
  id: string,
  key: string,
  way: "add" | "remove",
): number {
  let keys = index.get(id);
  if (!keys) index.set(id, keys = new Counted());
  keys[way](key);
  if (keys.size === 0) index.delete(id);
  return keys.size;
}
