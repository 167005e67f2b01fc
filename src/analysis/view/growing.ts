/** Nodes that grow: what is told of them is taken piece by piece. */
import type { Event } from "../../event/event.ts";
import { asRows, rowsAs } from "../../event/read_rows.ts";
import { Source } from "./asked.ts";
import type { Batch } from "./input.ts";
import type { SharedSources } from "./shared_sources.ts";
import { sighted } from "./sighted.ts";
import { byTime, NodeView, Sighting } from "./timeline.ts";
import { ToldStates } from "./told_states.ts";
import { coverageOf, WatchedRun } from "./watched.ts";

/** What tells an event of a node from all others. */
export type EventMark = Pick<Event, "timeNs" | "cpu" | "kind" | "skb">;

/** A node, and what its next report need not read again. */
interface Known {
  view: NodeView;
  /** By the name of the probe's run. */
  runs: Map<string, WatchedRun>;
  states: ToldStates;
}

/** The nodes of one incident. Views and sightings stay the same objects. */
export class GrowingNodes {
  readonly #known = new Map<string, Known>();
  readonly #nodes: NodeView[] = [];
  /** Nodes of which anything came or went since they were told what is covered. */
  readonly #touched = new Set<Known>();
  /** Event lines that are gone of batches that say so. */
  #goneLines = 0;
  #isAnyGone = false;
  readonly #shared: SharedSources = {
    nodes: new Source(),
    all: this.#nodes,
    counting: new Source(),
    coverage: new Source(),
    settings: new Source(),
    states: new Source(),
  };

  /** In the order of their names. Always the same list: a node that joins is put into it. */
  get all(): readonly NodeView[] {
    return this.#nodes;
  }

  /** A node by its name. */
  get(name: string): NodeView | undefined {
    return this.#known.get(name)?.view;
  }

  /**
   * Takes batches that did not come before, each with its events, and brings those to `added`, in the order
   * of time. False where they change what is known of a node's time, or what an earlier state is: then
   * all is to be told anew.
   */
  take(batches: readonly Batch[], added: Map<NodeView, Sighting[]>): boolean {
    const byNode = Map.groupBy(batches, ({ header }) => header.node);
    const names = [...byNode.keys()].sort();
    const joining = names.filter((name) => !this.#known.has(name));
    for (const name of names) {
      const own = byNode.get(name)!.sort(byProbeAndSequence);
      if (!this.#take(name, own, added)) return false;
    }
    this.#join(joining);
    return true;
  }

  /** Who another node is may decide what became of any packet: whoever asked about all of them asks again. */
  #join(names: readonly string[]): void {
    if (names.length === 0) return;
    for (const name of names) this.#nodes.push(this.#known.get(name)!.view);
    this.#nodes.sort((a, b) => a.name < b.name ? -1 : 1);
    const { nodes, coverage, settings, states } = this.#shared;
    for (const source of [nodes, coverage, settings, states]) source.changed();
  }

  /** Events of a node that came apart from its batches; those of an unknown node are left out. */
  add(name: string, events: readonly Event[]): Sighting[] {
    const known = this.#known.get(name);
    if (!known) return [];
    this.#touched.add(known);
    return known.view.addEvents(sighted(known.view, asRows(events)).sort(byTime));
  }

  /** More of a batch is gone than of the same `before`. */
  thin({ header, gone }: Batch, before: Batch): void {
    const known = this.#known.get(header.node)!;
    known.runs.get(header.probe)!.gone.take(gone, before.gone);
    this.#goneLines += (gone?.lines ?? 0) - (before.gone?.lines ?? 0);
    this.#touched.add(known);
  }

  /** Events of a node that are no more. Returns the sightings, in no order. */
  remove(name: string, events: readonly EventMark[]): Sighting[] {
    const known = this.#known.get(name);
    if (!known || events.length === 0) return [];
    this.#touched.add(known);
    const { view } = known;
    return view.removeEvents(events.map(({ timeNs, cpu, kind, skb }) => ({
      ...{ at: Number(timeNs - view.baseNs), cpu, kind },
      ...(skb === undefined ? {} : { skb }),
    })));
  }

  /**
   * Tells each node what is covered now, when all events were taken. `evicted`: how many events of all
   * nodes the store threw away. False where a node's times of day are other ones, or where it was watched
   * less far than was told, because its last events were thrown away: who asked for that was told for good.
   */
  cover(evicted: number): boolean {
    // Of those that no batch tells of nobody knows anything but that some are gone.
    const isAnyGone = evicted > this.#goneLines;
    const isOther = this.#isAnyGone !== isAnyGone;
    // Whoever was told that something is gone was told for good.
    if (isOther && !isAnyGone) return false;
    this.#isAnyGone = isAnyGone;
    for (const known of isOther ? this.#known.values() : this.#touched) {
      if (!cover(known, isAnyGone)) return false;
    }
    this.#touched.clear();
    return true;
  }

  #take(
    name: string,
    batches: readonly Batch[],
    added: Map<NodeView, Sighting[]>,
  ): boolean {
    const known = this.#known.get(name);
    const runs = known?.runs ?? new Map<string, WatchedRun>();
    for (const batch of batches) {
      const { probe } = batch.header;
      const run = runs.get(probe) ?? new WatchedRun();
      runs.set(probe, run);
      run.take(batch);
      this.#goneLines += batch.gone?.lines ?? 0;
    }
    const baseNs = batches.map(({ header }) => BigInt(header.attachedNs))
      .reduce((a, b) => a < b ? a : b);
    if (known && baseNs < known.view.baseNs) return false;
    const states = known?.states ?? new ToldStates();
    const whole = states.take(batches);
    if (whole === null) return false;
    const view = known?.view ??
      new NodeView(name, baseNs, coverageOf(inOrder(runs), baseNs, this.#isAnyGone), this.#shared);
    const now = known ?? { view, runs, states };
    this.#known.set(name, now);
    this.#touched.add(now);
    const seen = batches.flatMap((batch) => sightingsOf(view, batch));
    added.set(view, view.addEvents(seen.sort(byTime)));
    view.addStates(whole);
    return true;
  }
}

function cover({ view, runs }: Known, isAnyGone: boolean): boolean {
  const coverage = coverageOf(inOrder(runs), view.baseNs, isAnyGone);
  const { monotonicNs, wallMs } = coverage.clock;
  if (monotonicNs !== view.clock.monotonicNs || wallMs !== view.clock.wallMs) return false;
  const untilAt = Math.max(coverage.untilAt, view.events.at(-1)?.at ?? 0);
  if (untilAt < view.untilAt) return false;
  view.cover({ ...coverage, untilAt });
  return true;
}

const inOrder = (runs: ReadonlyMap<string, WatchedRun>): WatchedRun[] =>
  [...runs].sort(([a], [b]) => a < b ? -1 : 1).map(([, run]) => run);

function byProbeAndSequence(a: Batch, b: Batch): number {
  if (a.header.probe !== b.header.probe) return a.header.probe < b.header.probe ? -1 : 1;
  return a.header.sequence - b.header.sequence;
}

/** The sightings that a batch tells of, in their order. */
const sightingsOf = (node: NodeView, { rows, events }: Batch): Sighting[] =>
  rows?.flatMap((block) => rowsAs(block, node, (own, from) => new Sighting(own, from))) ??
    sighted(node, asRows(events));
