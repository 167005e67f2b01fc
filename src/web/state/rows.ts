/** The rows of the list: groups in buckets, of which those with several groups fold. */
import type { Exchange, Flow, Problem } from "../../event/report.ts";
import { type Extent, Sequence } from "../../event/sequence.ts";
import { type Entry, FOLD_HEIGHT, type Kind, kindOf, PLAIN, rowHeight } from "./entry.ts";
import { serviceOf } from "./groups.ts";

/** Where a row stands in the list. */
export interface Place {
  /** Index among all rows. */
  index: number;
  /** Pixels from the top of the list. */
  top: number;
  /** Pixels. */
  height: number;
}

interface Keyed extends Place {
  /** Names the row, and stays when the list changes. */
  key: string;
}

/** A flow. */
export interface FlowRow extends Keyed {
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
export interface FoldRow extends Keyed {
  kind: "fold";
  /** The problem that they are part of; absent: they are well. */
  problem?: Problem;
  outcome: string;
  protocol: string;
  /** The end that they asked; of a problem that of the first. */
  end: string;
  /** How many groups. */
  count: number;
  /** How many addresses asked. */
  clients: number;
  isOpen: boolean;
}

/** A row of the list. */
export type Row = FlowRow | FoldRow;

interface Bucket extends Kind {
  entries: Sequence<Entry>;
  /** How many groups of each address that asked. */
  clients: Map<string, number>;
}

/** What the list is ordered and folded by. */
export interface Ranks {
  /** Negative where the first group stands before the second. */
  compare: (a: Entry, b: Entry) => number;
  /** Known problems by id, worst first. */
  problems: ReadonlyMap<string, Problem>;
  /** Keys of the folds that the reader opened. */
  open: ReadonlySet<string>;
  /** False: nothing is folded. */
  isFolding: boolean;
}

const OUTCOMES_OF_WELL = ["in-flight", "answered", "delivered"];

/** The rows. What is alike stands together, what is well at the end. */
export class Rows {
  #buckets = new Map<string, Bucket>();
  #order = new Sequence<Bucket>();
  #ranks: Ranks;
  #problemRank: ReadonlyMap<string, number>;

  constructor(ranks: Ranks) {
    this.#ranks = ranks;
    this.#problemRank = ranked(ranks.problems);
  }

  /** Of all rows. */
  get total(): Readonly<Extent> {
    return this.#order.total;
  }

  /** The first group. */
  get first(): Entry | undefined {
    return this.#order.first?.entries.first;
  }

  /** Lists a group; `isLast`: it stands behind all that are listed. */
  add(entry: Entry, isLast = false): void {
    const kind = this.#ranks.isFolding ? kindOf(entry, this.#ranks.problems) : PLAIN;
    const known = this.#buckets.get(kind.key);
    const bucket: Bucket = known ?? { ...kind, entries: new Sequence(), clients: new Map() };
    const { entries, clients } = bucket;
    if (isLast) entries.push(entry, entry.extent);
    else {
      const { compare } = this.#ranks;
      entries.insertBefore((other) => compare(other, entry) > 0, entry, entry.extent);
    }
    clients.set(entry.client, (clients.get(entry.client) ?? 0) + 1);
    entry.bucket = bucket.key;
    if (known === undefined) {
      this.#buckets.set(bucket.key, bucket);
      this.#rank(bucket);
    } else this.#order.resize(bucket, this.#extentOf(bucket));
  }

  /** Lists a group no more. */
  remove(entry: Entry): void {
    const bucket = this.#buckets.get(entry.bucket ?? "");
    if (bucket === undefined || !bucket.entries.delete(entry)) return;
    entry.bucket = null;
    const left = bucket.clients.get(entry.client)! - 1;
    if (left === 0) bucket.clients.delete(entry.client);
    else bucket.clients.set(entry.client, left);
    if (bucket.entries.size > 0) return this.#order.resize(bucket, this.#extentOf(bucket));
    this.#order.delete(bucket);
    this.#buckets.delete(bucket.key);
  }

  /** The reader opened or closed folds. */
  setOpen(open: ReadonlySet<string>): void {
    const before = this.#ranks.open;
    this.#ranks = { ...this.#ranks, open };
    for (const key of before.symmetricDifference(open)) {
      const bucket = this.#buckets.get(key);
      if (bucket !== undefined) this.#order.resize(bucket, this.#extentOf(bucket));
    }
  }

  /** The known problems are others, or in another order. Groups of those that came or went are not moved. */
  setProblems(problems: ReadonlyMap<string, Problem>): void {
    const before = this.#problemRank;
    this.#ranks = { ...this.#ranks, problems };
    this.#problemRank = ranked(problems);
    const isSame = before.size === this.#problemRank.size &&
      [...before].every(([id, rank]) => this.#problemRank.get(id) === rank);
    if (isSame) return;
    const own = [...this.#buckets.values()].filter(({ section }) => section === 0);
    for (const bucket of own) this.#order.delete(bucket);
    for (const bucket of own) this.#rank(bucket);
  }

  /** Where the row of a flow stands, or of the closed fold that it is in; `at`: its index in its group. */
  placeOf(entry: Entry, at: number): Place | null {
    const bucket = this.#buckets.get(entry.bucket ?? "");
    if (bucket === undefined) return null;
    const above = this.#order.above(bucket)!;
    const head = this.#headOf(bucket);
    if (head.rows > 0 && !this.#ranks.open.has(bucket.key)) return foldPlace(above);
    const within = bucket.entries.above(entry)!;
    let top = above.height + head.height + within.height;
    for (let i = 0; i < at; i++) top += rowHeight(entry.group, i);
    const index = above.rows + head.rows + within.rows + at;
    return { index, top, height: rowHeight(entry.group, at) };
  }

  /** Where the row of a fold stands; null: it is none, or not folded. */
  placeOfFold(key: string): Place | null {
    const bucket = this.#buckets.get(key);
    if (bucket === undefined || this.#headOf(bucket).rows === 0) return null;
    return foldPlace(this.#order.above(bucket)!);
  }

  /** The row at an index. */
  at(index: number): Row | undefined {
    return this.#from(index).next().value ?? undefined;
  }

  /** The rows between two heights in pixels, and `spare` more rows on each side. */
  between(from: number, to: number, spare = 6): Row[] {
    const first = this.#indexAt(from);
    const found: Row[] = [];
    let more = spare;
    for (const row of this.#from(Math.max(0, first - spare))) {
      if (row.top >= to && more-- === 0) break;
      found.push(row);
    }
    return found;
  }

  /** Index of the row at a height in pixels; how many rows there are, where they end above it. */
  #indexAt(height: number): number {
    const found = this.#order.at("height", Math.max(0, height));
    if (found === undefined) return this.total.rows;
    const { item: bucket, above } = found;
    const head = this.#headOf(bucket);
    const inner = height - above.height - head.height;
    if (inner < 0) return above.rows;
    const entry = bucket.entries.at("height", inner);
    if (entry === undefined) return above.rows;
    let index = above.rows + head.rows + entry.above.rows;
    let left = inner - entry.above.height;
    for (const i of entry.item.group.flows.keys()) {
      left -= rowHeight(entry.item.group, i);
      if (left < 0) break;
      index += 1;
    }
    return index;
  }

  *#from(index: number): Generator<Row, undefined> {
    for (const { item: bucket, above } of this.#order.from("rows", index)) {
      const head = this.#headOf(bucket);
      if (head.rows > 0 && above.rows >= index) yield this.#foldRow(bucket, above);
      if (head.rows > 0 && !this.#ranks.open.has(bucket.key)) continue;
      const start = { rows: above.rows + head.rows, height: above.height + head.height };
      for (const found of bucket.entries.from("rows", index - start.rows)) {
        let top = start.height + found.above.height;
        const { group } = found.item;
        for (const [i, flow] of group.flows.entries()) {
          const at = start.rows + found.above.rows + i;
          const height = rowHeight(group, i);
          if (at >= index) {
            yield {
              kind: "flow",
              key: flow.id,
              index: at,
              top,
              height,
              flow,
              exchange: i === 0 ? group.exchange : undefined,
              nested: i > 0,
              fold: head.rows > 0 ? bucket.key : undefined,
            };
          }
          top += height;
        }
      }
    }
  }

  #foldRow(bucket: Bucket, above: Extent): FoldRow {
    const { key, problem: id, outcome, entries, clients } = bucket;
    const problem = id === undefined ? undefined : this.#ranks.problems.get(id);
    return {
      kind: "fold",
      key,
      ...foldPlace(above),
      problem,
      outcome: problem?.outcome ?? outcome,
      ...serviceOf(entries.first!.group),
      count: entries.size,
      clients: clients.size,
      isOpen: this.#ranks.open.has(key),
    };
  }

  /** The room of a bucket's own row: none where it does not fold. */
  #headOf({ section, entries }: Bucket): Extent {
    return section !== 1 && entries.size > 1 ? { rows: 1, height: FOLD_HEIGHT } : NO_ROOM;
  }

  #extentOf(bucket: Bucket): Extent {
    const head = this.#headOf(bucket);
    if (head.rows > 0 && !this.#ranks.open.has(bucket.key)) return head;
    const { rows, height } = bucket.entries.total;
    return { rows: head.rows + rows, height: head.height + height };
  }

  #rank(bucket: Bucket): void {
    const extent = this.#extentOf(bucket);
    this.#order.insertBefore((other) => this.#compare(other, bucket) > 0, bucket, extent);
  }

  #compare(a: Bucket, b: Bucket): number {
    const rankOf = ({ problem, outcome }: Bucket) =>
      problem === undefined
        ? OUTCOMES_OF_WELL.indexOf(outcome)
        : this.#problemRank.get(problem) ?? Infinity;
    if (a.section !== b.section) return a.section - b.section;
    const [first, second] = [rankOf(a), rankOf(b)];
    return first === second ? (a.key < b.key ? -1 : 1) : first - second;
  }
}

const NO_ROOM: Extent = { rows: 0, height: 0 };

const foldPlace = ({ rows, height }: Extent): Place => ({
  index: rows,
  top: height,
  height: FOLD_HEIGHT,
});

const ranked = (problems: ReadonlyMap<string, Problem>) =>
  new Map([...problems.keys()].map((id, rank) => [id, rank]));
