/** Batches to one view per node, from one report of an incident to the next. */
import { linesOf } from "./condense.ts";
import { isFirst } from "./distinct.ts";
import type { Batch } from "./input.ts";
import { byTime, type NodeView, type Sighting, viewOf } from "./timeline.ts";

/** What the next report of an incident need not read again: the events of batches that it knows. */
interface Known {
  /** In their order. */
  batches: readonly Batch[];
  view: NodeView;
  /** Tells events that came before from others. */
  isNew: ReturnType<typeof isFirst>;
  /** The same for the count of lines. */
  isNewLine: ReturnType<typeof isFirst>;
  /** Event lines that came. */
  lines: number;
}

/** Views of the nodes, and what is new in them. */
export interface Told {
  /** In the order of their names. */
  nodes: NodeView[];
  /** Nothing of what was told before holds any more. */
  isAllNew: boolean;
  /** Sightings that were not there before, by node, in the order of time. */
  added: Map<NodeView, Sighting[]>;
  /** By node, from when on, as `at`, readings of its state are others than before. */
  restated: Map<NodeView, number>;
}

/**
 * The nodes of one incident, from one report to the next. Batches are known by their identity: what
 * was given before must be the same objects, and must not have changed.
 */
export class Timelines {
  #known = new Map<string, Known>();

  /**
   * One view per node. Batches may come in any order and more than once. `evicted`: how many events
   * of all nodes the store threw away. Sightings stay the same objects while they belong to no other
   * time; views are new each time.
   */
  tell(batches: readonly Batch[], evicted = 0): Told {
    const ordered = inOrder(batches);
    const isAllNew = ![...this.#known].every(([name, known]) => goesOn(known, ordered.get(name)));
    if (isAllNew) this.#known.clear();
    const told: Told = { nodes: [], isAllNew, added: new Map(), restated: new Map() };
    for (const [name, own] of ordered) {
      const before = this.#known.get(name);
      const fresh = own.slice(before?.batches.length ?? 0);
      const [isNew, isNewLine] = [before?.isNew ?? isFirst(), before?.isNewLine ?? isFirst()];
      const lines = fresh.reduce((n, each) => n + linesOf(each, isNewLine), before?.lines ?? 0);
      const view = viewOf({ ordered: own, baseNs: baseOf(own), lines, evicted });
      this.#known.set(name, { batches: own, view, isNew, isNewLine, lines });
      told.nodes.push(view);
      told.added.set(view, addEvents(view, fresh, isNew, before?.view.events ?? []));
      addStates(view, own);
      const restated = restatedFrom(view, fresh);
      if (restated < Infinity) told.restated.set(view, restated);
    }
    return told;
  }
}

/** From when on, as `at`, what these batches bring is the state of the node; Infinity: they bring none. */
function restatedFrom(view: NodeView, fresh: readonly Batch[]): number {
  let from = Infinity;
  for (const state of fresh.flatMap(({ states }) => states)) {
    const [first] = view.states.get(state.netns)!;
    // The first reading of a namespace stands for the time before it, too.
    if (first!.state === state) return -Infinity;
    from = Math.min(from, Number(BigInt(state.timeNs) - view.baseNs));
  }
  return from;
}

/** By node, in the order of names, its batches by probe and sequence, each once. */
function inOrder(batches: readonly Batch[]): Map<string, Batch[]> {
  const byNode = new Map<string, Map<string, Batch>>();
  for (const batch of batches) {
    const { node, probe, sequence } = batch.header;
    const own = byNode.get(node) ?? new Map<string, Batch>();
    byNode.set(node, own);
    own.set(`${probe} ${sequence}`, batch);
  }
  return new Map(
    [...byNode.keys()].sort().map((name) => [
      name,
      [...byNode.get(name)!.values()].sort(byProbeAndSequence),
    ]),
  );
}

/** All that was known is there still, in the same order and before what is new. */
const goesOn = ({ batches, view }: Known, ordered: readonly Batch[] | undefined): boolean =>
  ordered !== undefined && batches.length <= ordered.length &&
  batches.every((batch, i) => batch === ordered[i]) && baseOf(ordered) === view.baseNs;

const baseOf = (ordered: readonly Batch[]): bigint =>
  ordered.map(({ header }) => BigInt(header.attachedNs)).reduce((a, b) => a < b ? a : b);

/**
 * One view per node, in the order of their names. Batches may come in any order and more than once.
 * `evicted`: how many events of all nodes the store threw away.
 */
export const timelines = (batches: readonly Batch[], evicted = 0): NodeView[] =>
  new Timelines().tell(batches, evicted).nodes;

function byProbeAndSequence(a: Batch, b: Batch): number {
  if (a.header.probe !== b.header.probe) return a.header.probe < b.header.probe ? -1 : 1;
  return a.header.sequence - b.header.sequence;
}

/** Gives the node the events it had `before` and those of these batches, which are returned. */
function addEvents(
  node: NodeView,
  batches: readonly Batch[],
  isNew: ReturnType<typeof isFirst>,
  before: readonly Sighting[],
): Sighting[] {
  const added: Sighting[] = [];
  for (const { events } of batches) {
    for (const event of events) {
      if (!isNew(event)) continue;
      added.push({ ...event, node, at: Number(event.timeNs - node.baseNs) });
    }
  }
  added.sort(byTime);
  for (const event of before) event.node = node;
  node.events = merged(before, added);
  const last = node.events.at(-1);
  if (last) node.untilAt = Math.max(node.untilAt, last.at);
  return added;
}

/** Two lists in the order of time as one; of equal ones those that were there before come first. */
function merged(before: readonly Sighting[], added: readonly Sighting[]): Sighting[] {
  if (before.length === 0) return [...added];
  const result: Sighting[] = [];
  let next = 0;
  for (const event of before) {
    while (next < added.length && byTime(added[next]!, event) < 0) result.push(added[next++]!);
    result.push(event);
  }
  while (next < added.length) result.push(added[next++]!);
  return result;
}

function addStates(node: NodeView, batches: readonly Batch[]): void {
  for (const batch of batches) {
    for (const state of batch.states) {
      const at = Number(BigInt(state.timeNs) - node.baseNs);
      const list = node.states.get(state.netns);
      if (list) list.push({ at, state });
      else node.states.set(state.netns, [{ at, state }]);
    }
  }
  for (const list of node.states.values()) list.sort((a, b) => a.at - b.at);
}
