/** Batches to one view per node, from one report of an incident to the next. */
import type { NetnsState } from "../../event/state.ts";
import { Source } from "./asked.ts";
import { sameness } from "./distinct.ts";
import type { Batch } from "./input.ts";
import { byTime, NodeView, type SharedSources, type Sighting } from "./timeline.ts";
import { coverageOf, WatchedRun } from "./watched.ts";

/** A node, and what its next report need not read again. */
interface Known {
  view: NodeView;
  /** By the name of the probe's run. */
  runs: Map<string, WatchedRun>;
}

/** Views of the nodes, and what is new in them. */
export interface Told {
  /** In the order of their names. The same object while the nodes are the same. */
  nodes: readonly NodeView[];
  /** Nothing of what was told before holds any more. */
  isAllNew: boolean;
  /** Sightings that were not there before, by node, in the order of time. */
  added: Map<NodeView, Sighting[]>;
  /** Sightings that are no more, in no order: the store threw away the lines that told of them. */
  gone: Sighting[];
}

/**
 * The nodes of one incident, from one report to the next. Batches are known by their identity: what
 * was given before must be the same objects, and must not have changed.
 */
export class Timelines {
  #batches: readonly Batch[] = [];
  /** The batch that each key stands for. */
  #byKey = new Map<string, Batch>();
  #known = new Map<string, Known>();
  #nodes: readonly NodeView[] = [];
  #shared: SharedSources = sources();

  /**
   * One view per node. Batches may come in any order and more than once. `evicted`: how many events
   * of all nodes the store threw away. Views and sightings stay the same objects unless `isAllNew`.
   */
  tell(batches: readonly Batch[], evicted = 0): Told {
    const other = this.#otherThan(batches);
    const told = other && this.#grow(other, evicted);
    if (told) return told;
    this.#batches = [];
    this.#byKey.clear();
    this.#known.clear();
    this.#shared = sources();
    return { ...this.#grow(this.#otherThan(batches)!, evicted)!, isAllNew: true };
  }

  /** Batches that were not told before, or told more; null where others were told. */
  #otherThan(batches: readonly Batch[]): Other | null {
    const before = this.#batches;
    const isLonger = before.length <= batches.length &&
      before.every((batch, i) => batches[i] === batch);
    const given = isLonger ? batches.slice(before.length) : batches;
    const now = new Map<string, Batch>();
    for (const batch of given) now.set(keyOf(batch), batch);
    if (!isLonger) { for (const key of this.#byKey.keys()) if (!now.has(key)) return null; }
    const [fresh, thinned]: [Batch[], Thinned[]] = [[], []];
    for (const [key, batch] of now) {
      const known = this.#byKey.get(key);
      if (known === batch) continue;
      if (!known) fresh.push(batch);
      else if (isThinned(known, batch)) thinned.push({ before: known, batch });
      else return null;
      this.#byKey.set(key, batch);
    }
    this.#batches = batches.slice();
    return { fresh, thinned };
  }

  /** Takes these batches; null where they change what is known of a node's time. */
  #grow({ fresh, thinned }: Other, evicted: number): Told | null {
    const gone = thinned.flatMap((each) => this.#thin(each));
    const added = new Map<NodeView, Sighting[]>();
    const byNode = Map.groupBy(fresh, ({ header }) => header.node);
    const isFirst = this.#known.size === 0;
    const names = [...byNode.keys()].sort();
    // Who another node is may decide what became of any packet.
    if (!isFirst && names.some((name) => !this.#known.has(name))) return null;
    for (const name of names) {
      const own = byNode.get(name)!.sort(byProbeAndSequence);
      if (!this.#take(name, own, evicted, added)) return null;
    }
    if (isFirst) {
      const sorted = names.map((name) => this.#known.get(name)!.view);
      this.#nodes = sorted;
    }
    for (const known of this.#known.values()) if (!cover(known, evicted)) return null;
    return { nodes: this.#nodes, isAllNew: false, added, gone };
  }

  #thin({ before, batch }: Thinned): Sighting[] {
    const { view } = this.#known.get(batch.header.node)!;
    const left = new Map<string, number>();
    for (const event of batch.events) {
      const key = sameness(event);
      left.set(key, (left.get(key) ?? 0) + 1);
    }
    const gone = before.events.filter((event) => {
      const key = sameness(event);
      const count = left.get(key) ?? 0;
      left.set(key, count - 1);
      return count <= 0;
    });
    return view.removeEvents(gone.map(({ timeNs, cpu, kind, skb }) => ({
      ...{ at: Number(timeNs - view.baseNs), cpu, kind },
      ...(skb === undefined ? {} : { skb }),
    })));
  }

  #take(
    name: string,
    batches: readonly Batch[],
    evicted: number,
    added: Map<NodeView, Sighting[]>,
  ): boolean {
    const known = this.#known.get(name);
    const runs = known?.runs ?? new Map<string, WatchedRun>();
    for (const batch of batches) {
      const { probe } = batch.header;
      const run = runs.get(probe) ?? new WatchedRun();
      runs.set(probe, run);
      run.take(batch);
    }
    const baseNs = batches.map(({ header }) => BigInt(header.attachedNs))
      .reduce((a, b) => a < b ? a : b);
    if (known && baseNs < known.view.baseNs) return false;
    const view = known?.view ??
      new NodeView(name, baseNs, coverageOf(inOrder(runs), baseNs, evicted), this.#shared);
    if (!known) this.#known.set(name, { view, runs });
    added.set(view, view.addEvents(sightingsOf(view, batches)));
    view.addStates(batches.flatMap((batch): NetnsState[] => batch.states));
    return true;
  }
}

/**
 * Tells a node what is covered now. False where its times of day are other ones, or where it was watched
 * less far than was told, because its last events were thrown away: who asked for that was told for good.
 */
function cover({ view, runs }: Known, evicted: number): boolean {
  const coverage = coverageOf(inOrder(runs), view.baseNs, evicted);
  const { monotonicNs, wallMs } = coverage.clock;
  if (monotonicNs !== view.clock.monotonicNs || wallMs !== view.clock.wallMs) return false;
  const untilAt = Math.max(coverage.untilAt, view.events.at(-1)?.at ?? 0);
  if (untilAt < view.untilAt) return false;
  view.cover({ ...coverage, untilAt });
  return true;
}

/** What is other than it was told before. */
interface Other {
  fresh: Batch[];
  thinned: Thinned[];
}

/** A batch of which the store threw away some events. */
interface Thinned {
  before: Batch;
  batch: Batch;
}

/** The same batch with fewer events. What came with it is told by its header alone. */
const isThinned = (before: Batch, now: Batch): boolean =>
  now.header === before.header && now.refused === before.refused && now.came === before.came &&
  now.stands === before.stands && (now.came ?? now.header.eventLines) !== undefined &&
  now.states.length === before.states.length &&
  now.states.every((state, i) => state === before.states[i]);

const sources = (): SharedSources => ({
  coverage: new Source(),
  settings: new Source(),
  states: new Source(),
});

const keyOf = ({ header: { node, probe, sequence } }: Batch) => `${sequence} ${node}\0${probe}`;

const inOrder = (runs: ReadonlyMap<string, WatchedRun>): WatchedRun[] =>
  [...runs].sort(([a], [b]) => a < b ? -1 : 1).map(([, run]) => run);

/**
 * One view per node, in the order of their names. Batches may come in any order and more than once.
 * `evicted`: how many events of all nodes the store threw away.
 */
export const timelines = (batches: readonly Batch[], evicted = 0): readonly NodeView[] =>
  new Timelines().tell(batches, evicted).nodes;

function byProbeAndSequence(a: Batch, b: Batch): number {
  if (a.header.probe !== b.header.probe) return a.header.probe < b.header.probe ? -1 : 1;
  return a.header.sequence - b.header.sequence;
}

/** In the order of time. */
function sightingsOf(node: NodeView, batches: readonly Batch[]): Sighting[] {
  const sightings: Sighting[] = [];
  for (const { events } of batches) {
    for (const event of events) {
      sightings.push({ ...event, node, at: Number(event.timeNs - node.baseNs) });
    }
  }
  return sightings.sort(byTime);
}
