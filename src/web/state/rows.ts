/** What the list shows, in which order, and where each row stands. Pure. */
import type { Exchange, Flow, Problem } from "../../event/report.ts";
import { clientOf, type Group, isWell, mainProblem, outcomeOf, serviceOf } from "./groups.ts";

/** Where a row stands in the list. */
interface Place {
  /** Names the row, and stays when the list changes. */
  key: string;
  /** Pixels from the top of the list. */
  top: number;
  /** Pixels. */
  height: number;
}

/** A flow. */
export interface FlowRow extends Place {
  kind: "flow";
  flow: Flow;
  /** What came of the question, at the row of its flow; absent at others. */
  exchange?: Exchange;
  /** True for a reply shown under the flow that it answers. */
  nested: boolean;
  /** Key of the fold that it is in; absent: of none. */
  fold?: string;
}

/** Groups of flows that are alike, told together: of one problem, or well and of one service. */
export interface FoldRow extends Place {
  kind: "fold";
  /** The problem that they are part of; absent: they are well. */
  problem?: Problem;
  outcome: string;
  protocol: string;
  /** The end that they asked; of a problem that of the first. */
  end: string;
  groups: readonly Group[];
  /** How many addresses asked. */
  clients: number;
  isOpen: boolean;
}

/** A row of the list. */
export type Row = FlowRow | FoldRow;

/** How the list is folded. */
export interface Folding {
  /** By id, worst first. */
  problems: ReadonlyMap<string, Problem>;
  /** Keys of the folds that the reader opened. */
  open: ReadonlySet<string>;
  /** False: nothing is folded, because what is listed is alike already. */
  isOn: boolean;
}

/** Pixels: a row with a cause or a gap has two more lines. */
const ROW_HEIGHT = { plain: 52, withCause: 92 };
/** Groups that are listed one by one: so few are read at a glance. */
const PLAIN_MAX = 12;

/** The rows of these groups. What is alike stands together, what is well at the end. */
export function rowsOf(all: readonly Group[], folding: Folding): Row[] {
  const list = new Rows();
  if (!folding.isOn || all.length <= PLAIN_MAX) {
    for (const group of all) list.addGroup(group);
    return list.rows;
  }
  const folds = new Map<string, { problem?: Problem; groups: Group[] }>();
  for (const group of all) {
    const problem = mainProblem(group, folding.problems);
    const key = keyOf(group, problem);
    const fold = folds.get(key) ?? { problem, groups: [] };
    folds.set(key, fold);
    fold.groups.push(group);
  }
  const ranks = [...folding.problems.keys()];
  const rankOf = ({ problem, groups }: { problem?: Problem; groups: Group[] }) =>
    problem === undefined ? ranks.length + (isWell(groups[0]!) ? 1 : 0) : ranks.indexOf(problem.id);
  const ordered = [...folds].sort(([, a], [, b]) => rankOf(a) - rankOf(b));
  for (const [key, { problem, groups }] of ordered) {
    const isOpen = folding.open.has(key);
    const isFolded = groups.length > 1;
    if (isFolded) list.addFold(key, problem, groups, isOpen);
    if (isFolded && !isOpen) continue;
    for (const group of groups) list.addGroup(group, isFolded ? key : undefined);
  }
  return list.rows;
}

/** What is neither well nor of a known problem is told one by one. */
function keyOf(group: Group, problem: Problem | undefined): string {
  if (problem !== undefined) return `problem ${problem.id}`;
  if (!isWell(group)) return `alone ${group.flows[0]!.id}`;
  const { protocol, end } = serviceOf(group);
  return `well ${outcomeOf(group)} ${protocol} ${end}`;
}

/** Rows below each other. */
class Rows {
  readonly rows: Row[] = [];
  #top = 0;

  addFold(key: string, problem: Problem | undefined, groups: readonly Group[], isOpen: boolean) {
    const [first] = groups as [Group];
    this.rows.push({
      kind: "fold",
      problem,
      outcome: problem?.outcome ?? outcomeOf(first),
      ...serviceOf(first),
      groups,
      clients: new Set(groups.map(clientOf)).size,
      isOpen,
      ...this.#place(key, ROW_HEIGHT.plain),
    });
  }

  /** The whole group is shown, because a reply alone would not say what it answers. */
  addGroup({ exchange, flows }: Group, fold?: string) {
    for (const [i, flow] of flows.entries()) {
      const own = i === 0 ? exchange : undefined;
      const hasWhy = [flow.cause, flow.gap, own?.cause, own?.gap].some((one) => one !== undefined);
      const height = hasWhy ? ROW_HEIGHT.withCause : ROW_HEIGHT.plain;
      const place = this.#place(flow.id, height);
      this.rows.push({ kind: "flow", flow, exchange: own, nested: i > 0, fold, ...place });
    }
  }

  #place(key: string, height: number): Place {
    const top = this.#top;
    this.#top += height;
    return { key, top, height };
  }
}

/**
 * The rows between two heights in pixels, and `spare` more rows on each side. Found by halving, so
 * a long list costs no more.
 */
export function rowsBetween(rows: readonly Row[], from: number, to: number, spare = 6): Row[] {
  let low = 0;
  let high = rows.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    const row = rows[middle]!;
    if (row.top + row.height <= from) low = middle + 1;
    else high = middle;
  }
  let end = low;
  while (end < rows.length && rows[end]!.top < to) end += 1;
  return rows.slice(Math.max(0, low - spare), end + spare);
}
