/** What the page lists and counts of all groups, kept right by what changes: no message costs all of them. */
import type { Problem } from "../../event/report.ts";
import { matchesReported, type ReportFilter } from "../../event/filter/mod.ts";
import { type Entry, entryOf } from "./entry.ts";
import type { Grouping, Regrouped } from "./grouping.ts";
import type { Group } from "./groups.ts";
import { type Place, type Row, Rows } from "./rows.ts";
import { isGroupWithin, type Window } from "./window.ts";

/** What the reader chose to see. */
export interface Choice {
  filter: ReportFilter;
  /** A stretch of time; null: all of it. */
  window: Window | null;
  /** Id of a problem; null: of all, and of none. */
  problem: string | null;
  /** Keys of the folds that are open. */
  open: ReadonlySet<string>;
}

/** What the list is told of problems. */
export interface Problems {
  /** By id, worst first. */
  known: ReadonlyMap<string, Problem>;
  /** Ids of those whose outcome is known, in the stretch of time that is looked at. */
  failing: ReadonlySet<string>;
}

/** Groups that are listed one by one: so few are read at a glance. */
const PLAIN_MAX = 12;

/** What is listed. */
export class Listing {
  #entries = new Map<Group, Entry>();
  /** By id of a problem that groups are part of, whether it is known or not. */
  #byProblem = new Map<string, Set<Entry>>();
  #choice: Choice;
  #problems: Problems = { known: new Map(), failing: new Set() };
  #rows: Rows;
  #listed = 0;
  #isFolding = false;
  /** Numbers of groups in the stretch of time: by outcome as the filter finds it, and by protocol. */
  readonly outcomes = new Map<string, number>();
  readonly protocols = new Map<string, number>();
  /** Of the same: all, and those of a problem whose outcome is known. */
  within = 0;
  failed = 0;
  /** Number of flows that are listed. */
  flows = 0;

  constructor(readonly grouping: Grouping, choice: Choice) {
    this.#choice = choice;
    this.#rows = this.#newRows();
  }

  /** All rows: how many, and their height in pixels. */
  get total(): { rows: number; height: number } {
    return this.#rows.total;
  }

  /** The flow of the first group; null where none is listed. */
  get firstFlow(): string | null {
    return this.#rows.first?.group.flows[0]?.id ?? null;
  }

  /** Begins anew with all groups. */
  fill(): void {
    this.#entries.clear();
    this.#byProblem.clear();
    for (const group of this.grouping.all()) this.#enter(group);
    this.#list();
  }

  /** Takes groups that are no more, and those that are new. */
  update({ gone, come }: Regrouped): void {
    for (const group of gone) this.#leave(group);
    const entries = come.map((group) => this.#enter(group));
    for (const entry of entries) {
      this.#judge(entry);
      if (entry.isListed) this.#rows.add(entry);
    }
    if (this.#isFolding !== this.#wantsFolds()) this.#arrange();
  }

  /** The reader chose something else. */
  choose(choice: Choice): void {
    const { open, ...rest } = choice;
    const before = this.#choice;
    this.#choice = choice;
    const isSame = rest.filter === before.filter && rest.problem === before.problem &&
      rest.window?.fromMs === before.window?.fromMs && rest.window?.toMs === before.window?.toMs;
    if (!isSame) this.#list();
    else if (open !== before.open) this.#rows.setOpen(open);
  }

  /** Problems came, went or changed. */
  setProblems(problems: Problems): void {
    const before = this.#problems;
    this.#problems = problems;
    const ids = (all: ReadonlyMap<string, Problem>) => new Set(all.keys());
    for (const entry of this.#ofProblems(before.failing.symmetricDifference(problems.failing))) {
      this.#judgeFailing(entry);
    }
    this.#rows.setProblems(problems.known);
    const others = ids(before.known).symmetricDifference(ids(problems.known));
    const moved = [...this.#ofProblems(others)].filter(({ isListed }) => isListed);
    for (const entry of moved) this.#rows.remove(entry);
    for (const entry of moved) this.#rows.add(entry);
  }

  /** Whether a flow is listed. */
  has(flow: string): boolean {
    return this.#entryOf(flow)?.isListed ?? false;
  }

  /** Where a row stands by its key: that of a flow or a fold; of a flow in a closed fold that of the fold. */
  placeOf(key: string): Place | null {
    const entry = this.#entryOf(key);
    if (entry === undefined) return this.#rows.placeOfFold(key);
    return this.#rows.placeOf(entry, entry.group.flows.findIndex(({ id }) => id === key));
  }

  /** The row at an index. */
  rowAt(index: number): Row | undefined {
    return this.#rows.at(index);
  }

  /** The rows between two heights in pixels, and some more on each side. */
  rowsBetween(from: number, to: number, spare?: number): Row[] {
    return this.#rows.between(from, to, spare);
  }

  /** All groups, in no order. */
  all(): Group[] {
    return [...this.#entries.keys()];
  }

  /** Groups in the stretch of time, in no order. */
  groupsWithin(): Group[] {
    return this.all().filter((group) => this.#entries.get(group)!.isWithin);
  }

  /** Groups that are listed, worst first. */
  groupsListed(): Group[] {
    return [...this.grouping.all()].filter((group) => this.#entries.get(group)?.isListed);
  }

  #entryOf(flow: string): Entry | undefined {
    const group = this.grouping.groupOf(flow);
    return group && this.#entries.get(group);
  }

  #ofProblems(ids: Iterable<string>): Set<Entry> {
    return new Set([...ids].flatMap((id) => [...this.#byProblem.get(id) ?? []]));
  }

  #enter(group: Group): Entry {
    const entry = entryOf(group);
    this.#entries.set(group, entry);
    for (const id of entry.problems) {
      const set = this.#byProblem.get(id);
      if (set === undefined) this.#byProblem.set(id, new Set([entry]));
      else set.add(entry);
    }
    return entry;
  }

  #leave(group: Group): void {
    const entry = this.#entries.get(group);
    if (entry === undefined) return;
    this.#rows.remove(entry);
    this.#count(entry, -1);
    this.#entries.delete(group);
    for (const id of entry.problems) {
      const set = this.#byProblem.get(id);
      set?.delete(entry);
      if (set?.size === 0) this.#byProblem.delete(id);
    }
  }

  /** Judges all again, and lists them. */
  #list(): void {
    this.outcomes.clear();
    this.protocols.clear();
    this.within =
      this.failed =
      this.flows =
      this.#listed =
        0;
    for (const entry of this.#entries.values()) this.#judge(entry);
    this.#arrange();
  }

  #arrange(): void {
    this.#isFolding = this.#wantsFolds();
    this.#rows = this.#newRows();
    for (const group of this.grouping.all()) {
      const entry = this.#entries.get(group)!;
      entry.bucket = null;
      if (entry.isListed) this.#rows.add(entry, true);
    }
  }

  #newRows(): Rows {
    return new Rows({
      compare: (a, b) => this.#positionOf(a) - this.#positionOf(b),
      problems: this.#problems.known,
      open: this.#choice.open,
      isFolding: this.#isFolding,
    });
  }

  /** What is listed of one problem is alike already. */
  #wantsFolds(): boolean {
    return this.#choice.problem === null && this.#listed > PLAIN_MAX;
  }

  /** Groups of exchanges stand before the others. */
  #positionOf({ group }: Entry): number {
    const { exchangeOrder, flowOrder } = this.grouping.from;
    return group.exchange === undefined
      ? exchangeOrder.size + flowOrder.indexOf(this.grouping.leadOf(group))
      : exchangeOrder.indexOf(group.exchange.id);
  }

  #judge(entry: Entry): void {
    const { window, problem, filter } = this.#choice;
    const { group, problems } = entry;
    entry.isWithin = window === null || isGroupWithin(group, window);
    entry.isListed = entry.isWithin && (problem === null || problems.includes(problem)) &&
      (filter.kind === "all" ||
        group.flows.some((flow) => matchesReported(filter, flow, group.exchange)));
    entry.isFailing = problems.some((id) => this.#problems.failing.has(id));
    this.#count(entry, 1);
  }

  #judgeFailing(entry: Entry): void {
    const before = entry.isFailing;
    entry.isFailing = entry.problems.some((id) => this.#problems.failing.has(id));
    if (entry.isWithin) this.failed += Number(entry.isFailing) - Number(before);
  }

  #count({ isWithin, isListed, isFailing, outcomes, protocol, group }: Entry, by: 1 | -1): void {
    if (!isWithin) return;
    this.within += by;
    if (isFailing) this.failed += by;
    for (const outcome of outcomes) change(this.outcomes, outcome, by);
    change(this.protocols, protocol, by);
    if (!isListed) return;
    this.#listed += by;
    this.flows += by * group.flows.length;
  }
}

function change(counts: Map<string, number>, key: string, by: number): void {
  const count = (counts.get(key) ?? 0) + by;
  if (count === 0) counts.delete(key);
  else counts.set(key, count);
}
