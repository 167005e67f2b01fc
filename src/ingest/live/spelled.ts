/**
 * Reports as text in pieces, so that the next report is told by the pieces that are others. What the
 * analysis gives again as the same object is neither spelled nor compared again.
 */
import type { Place } from "../../event/places.ts";
import { type ListChange as Told, listChange } from "../../analysis/mod.ts";
import type { Report } from "../../event/report.ts";
import { type Counts, countsOf, recount } from "./counts.ts";
import type { Pack, Spelling } from "./packs.ts";

/** The lists of a report, whose items have ids. */
export const LISTS = ["flows", "exchanges", "nodes", "problems", "changes"] as const;
/** The name of one of them. */
export type ListName = (typeof LISTS)[number];

type Item = Report[ListName][number];
type ItemsChange = Told<Item>;

const idOf = (item: Item): string => "id" in item ? item.id : item.name;
const isList = (name: string): name is ListName => (LISTS as readonly string[]).includes(name);

/** A report as JSON, in pieces. */
export interface SpelledReport {
  /** Names of all its members, in their order. */
  members: string[];
  /** Members that are no lists, by name. */
  parts: Map<string, string>;
  /** Items in their order, some of them packed. Of a report of many they are spelled when they are asked for. */
  lists: Record<ListName, Iterable<Spelling | Pack>>;
  counts: Counts;
}

/** What is other in a list. */
export interface ListChange {
  /** New or other items, in the order of the list. */
  set: Spelling[];
  /** Ids of what is there no more. */
  gone: string[];
  /** Where those that moved are in the new order, while the others stay as they are among themselves. */
  places?: Place[];
  /** All ids in the new order, where more moved. */
  order?: string[];
}

/** What leads from one report to the next. */
export interface ReportChange {
  /** Members that are no lists and are others. */
  parts: Map<string, string>;
  /** Lists in which something is other. */
  lists: Partial<Record<ListName, ListChange>>;
  counts: Counts;
}

/**
 * JSON of an item. It is not kept: who is told it keeps it, and that of an item before is needed only
 * where the item is another one.
 */
const textOf = (item: object): string => JSON.stringify(item);

/**
 * Whether a text or a number at their top tells that two items are spelled otherwise. Of most that are others
 * it does, such as when they were seen last, and the one before need not be spelled to find out.
 */
function isPlainlyOther(a: Item, b: Item): boolean {
  const before = a as unknown as Record<string, unknown>;
  for (const [name, value] of Object.entries(b)) {
    if (typeof value !== "string" && typeof value !== "number") continue;
    if (typeof before[name] === typeof value && before[name] !== value) return true;
  }
  return false;
}

/** The whole report in pieces. */
export function spelled(report: Report): SpelledReport {
  const { members, parts } = partsOf(report);
  const listOf = (name: ListName): Iterable<Spelling> => ({
    [Symbol.iterator]: () => spellings(itemsOf(report, name)),
  });
  const lists = Object.fromEntries(LISTS.map((name) => [name, listOf(name)]));
  return { members, parts, lists: lists as SpelledReport["lists"], counts: countsOf(report) };
}

/** Lists of nothing, to be filled. */
export const noItems = (): Record<ListName, (Spelling | Pack)[]> => ({
  flows: [],
  exchanges: [],
  nodes: [],
  problems: [],
  changes: [],
});

function* spellings(items: readonly Item[]): Generator<Spelling> {
  for (const item of items) yield [idOf(item), textOf(item)];
}

/** A list that a report may lack, as those of older analyses do. */
const itemsOf = (report: Report, name: ListName): readonly Item[] => report[name] ?? [];

function partsOf(report: Report): { members: string[]; parts: Map<string, string> } {
  const parts = new Map<string, string>();
  const members: string[] = [];
  for (const [name, value] of Object.entries(report)) {
    const text = isList(name) ? "" : JSON.stringify(value) as string | undefined;
    if (text === undefined) continue;
    members.push(name);
    if (!isList(name)) parts.set(name, text);
  }
  return { members, parts };
}

/** The reports of one incident, each told from the one before. */
export class ReportTeller {
  #members = "";
  #parts = new Map<string, string>();
  #lists: Record<ListName, readonly Item[]> = {
    flows: [],
    exchanges: [],
    nodes: [],
    problems: [],
    changes: [],
  };
  #items = new Map<ListName, Map<string, Item>>();
  #counts: Counts = countsOf({ flows: [] });

  /** Takes a report that is told whole: the next one is told from it. */
  begin(report: Report): void {
    const { members, parts } = partsOf(report);
    this.#members = members.join();
    this.#parts = parts;
    for (const name of LISTS) {
      const items = itemsOf(report, name);
      this.#lists[name] = items;
      this.#items.set(name, new Map(items.map((item) => [idOf(item), item])));
    }
    this.#counts = countsOf(report);
  }

  /** What is other in this report; null: it has other members, so nothing is told but itself. */
  next(report: Report): ReportChange | null {
    const { members, parts } = partsOf(report);
    const isLike = this.#members === members.join();
    const lists: Partial<Record<ListName, ListChange>> = {};
    for (const name of LISTS) {
      const change = this.#nextList(name, itemsOf(report, name));
      if (change !== null) lists[name] = change;
    }
    const others = [...parts].filter(([name, text]) => this.#parts.get(name) !== text);
    this.#members = members.join();
    this.#parts = parts;
    return isLike ? { parts: new Map(others), lists, counts: structuredClone(this.#counts) } : null;
  }

  #nextList(name: ListName, next: readonly Item[]): ListChange | null {
    const before = this.#lists[name];
    const known = this.#items.get(name) ?? new Map<string, Item>();
    this.#items.set(name, known);
    this.#lists[name] = next;
    if (next === before) return null;
    const told = listChange(next);
    if (told?.before === before) return this.#tellChange(name, told as ItemsChange, known);
    return this.#compare(name, before, next, known);
  }

  /** What the analysis says has changed. */
  #tellChange(name: ListName, told: ItemsChange, known: Map<string, Item>): ListChange | null {
    const set: Spelling[] = [];
    const places: Place[] = [];
    const there = new Set<string>();
    let fresh = 0;
    for (const [item, place] of told.come) {
      const id = idOf(item);
      there.add(id);
      const old = known.get(id);
      const text = textOf(item);
      known.set(id, item);
      if (old === undefined) fresh += 1;
      else if (!isPlainlyOther(old, item) && textOf(old) === text) continue;
      if (name === "flows") this.#recount(old, item);
      set.push([id, text]);
      places.push([id, place]);
    }
    const gone = told.gone.map(([item]) => idOf(item)).filter((id) => !there.has(id));
    for (const id of gone) this.#forget(name, id, known);
    const change: ListChange = { set, gone };
    if (fresh === 0 && isInPlace(told, there)) {
      return set.length === 0 && gone.length === 0 ? null : change;
    }
    const next = this.#lists[name];
    if (places.length < next.length / 2) change.places = places;
    else change.order = next.map(idOf);
    return change;
  }

  #compare(
    name: ListName,
    before: readonly Item[],
    next: readonly Item[],
    known: Map<string, Item>,
  ): ListChange | null {
    const set: Spelling[] = [];
    const others = new Map<string, Item>();
    const places: Place[] = [];
    let fresh = 0;
    let at = 0;
    for (const [index, item] of next.entries()) {
      // Most are the same objects, one after the other: looking each up by its id would cost more.
      if (item === before[at]) {
        at += 1;
        continue;
      }
      const id = idOf(item);
      const old = known.get(id);
      if (old !== undefined && old === before[at]) at += 1;
      if (old === item) continue;
      const text = textOf(item);
      known.set(id, item);
      if (old === undefined) fresh += 1;
      else if (!isPlainlyOther(old, item) && textOf(old) === text) continue;
      if (name === "flows") this.#recount(old, item);
      set.push([id, text]);
      others.set(id, item);
      places.push([id, index]);
    }
    const gone = known.size > next.length ? this.#goneOf(name, next, known) : [];
    const change: ListChange = { set, gone };
    const left = new Set(gone);
    if (fresh > 0 || !isInOrder(before, next, left)) {
      const moved = new Set([...left, ...places.map(([id]) => id)]);
      const isEnough = places.length < next.length / 2 && isInOrder(before, next, moved);
      if (isEnough) change.places = places;
      else change.order = next.map(idOf);
    } else if (set.length === 0 && gone.length === 0) return null;
    return change;
  }

  #goneOf(name: ListName, next: readonly Item[], known: Map<string, Item>): string[] {
    const there = new Set(next.map(idOf));
    const gone = [...known.keys()].filter((id) => !there.has(id));
    for (const id of gone) this.#forget(name, id, known);
    return gone;
  }

  #forget(name: ListName, id: string, known: Map<string, Item>): void {
    if (name === "flows") this.#recount(known.get(id), undefined);
    known.delete(id);
  }

  #recount(before: Item | undefined, after: Item | undefined): void {
    type Flow = Report["flows"][number] | undefined;
    recount(this.#counts, before as Flow, after as Flow);
  }
}

/** Whether those that are there still are where they were, among what is the same. */
function isInPlace({ gone, come }: ItemsChange, there: ReadonlySet<string>): boolean {
  const ranks = (all: ItemsChange["gone"]) =>
    all.flatMap(([item, place], i) => there.has(idOf(item)) ? [`${place - i} ${idOf(item)}`] : []);
  const [before, now] = [ranks(gone), ranks(come)];
  return before.length === now.length && before.every((rank, i) => rank === now[i]);
}

/** Whether two lists have the same items in the same order, those that are `apart` left out of both. */
function isInOrder(
  before: readonly Item[],
  next: readonly Item[],
  apart: ReadonlySet<string>,
): boolean {
  let at = 0;
  for (const item of next) {
    if (item === before[at]) {
      at += 1;
      continue;
    }
    const id = idOf(item);
    if (apart.has(id)) continue;
    while (at < before.length && apart.has(idOf(before[at]!))) at += 1;
    if (at === before.length || idOf(before[at]!) !== id) return false;
    at += 1;
  }
  while (at < before.length && apart.has(idOf(before[at]!))) at += 1;
  return at === before.length;
}
