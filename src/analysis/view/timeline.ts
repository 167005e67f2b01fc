/** Batches to one view per node: events in the order of its own clock, and what it covered. */
import type { BatchHeader } from "../../event/batch.ts";
import type { Event } from "../../event/event.ts";
import type { NetnsState } from "../../event/state.ts";
import type { Batch } from "./input.ts";

/** An event with its place: `at` is ns since the node's first, exact in a double for 104 days. */
export interface Sighting extends Event {
  node: NodeView;
  at: number;
}

export interface NodeView {
  name: string;
  /** Header with the highest totals: they are cumulative. */
  header: BatchHeader;
  /** CLOCK_MONOTONIC that `at` counts from. */
  baseNs: bigint;
  events: Sighting[];
  /** Snapshots of each netns, oldest first. */
  states: Map<number, { at: number; state: NetnsState }[]>;
  /** When watching began and up to when it is known to have gone on, as `at`. */
  attachedAt: number;
  untilAt: number;
  lost: number;
  refused: number;
  duplicates: number;
  /** Runs of its probe: between two of them nobody watched. */
  runs: number;
  /** Up to when its losses are told: a loss may be counted in the batch after. */
  toldAt: number;
  /** Batches that others came after. */
  missing: number;
  /** Events of all nodes that the store threw away. */
  evicted: number;
  /** Its wall clock was set while it was watched. */
  wallSteps: boolean;
}

/** Views by node name, in the order of their names. */
export function timelines(batches: readonly Batch[], evicted = 0): NodeView[] {
  const byNode = new Map<string, Batch[]>();
  for (const batch of batches) {
    const list = byNode.get(batch.header.node);
    if (list) list.push(batch);
    else byNode.set(batch.header.node, [batch]);
  }
  const names = [...byNode.keys()].sort();
  return names.map((name) => timeline(name, byNode.get(name)!, evicted));
}

function timeline(name: string, batches: Batch[], evicted: number): NodeView {
  const unique = new Map<string, Batch>();
  for (const batch of batches) {
    unique.set(`${batch.header.probe} ${batch.header.sequence}`, batch);
  }
  const ordered = [...unique.values()].sort(byProbeAndSequence);
  const header = latest(ordered);
  const baseNs = ordered.reduce(
    (least, { header }) => least < BigInt(header.attachedNs) ? least : BigInt(header.attachedNs),
    BigInt(header.attachedNs),
  );
  const probes = lastOfEachProbe(ordered);
  const node: NodeView = {
    name,
    header,
    baseNs,
    events: [],
    states: new Map(),
    attachedAt: 0,
    untilAt: 0,
    lost: sum(probes, (h) => h.totals.lost + h.totals.evicted),
    refused: sum(probes, (h) => h.totals.refused) + sum(ordered, (_, batch) => batch.refused),
    duplicates: 0,
    toldAt: 0,
    runs: probes.length,
    missing: sum(probes, (header) => header.sequence + 1) -
      sum(ordered, (_, batch) => batch.stands ?? 1),
    evicted,
    wallSteps: isWallSet(ordered),
  };
  for (const { header } of ordered) {
    node.untilAt = Math.max(node.untilAt, Number(BigInt(header.untilNs) - baseNs));
  }
  for (const [i, { header }] of ordered.entries()) {
    // A loss may be told by the probe's next batch only.
    if (ordered[i + 1]?.header.probe !== header.probe && !header.final) continue;
    node.toldAt = Math.max(node.toldAt, Number(BigInt(header.untilNs) - baseNs));
  }
  addEvents(node, ordered);
  addStates(node, ordered);
  return node;
}

/** How far two readings of both clocks lie apart on a machine that is short of time. */
const READING_MS = 500;

/** Pairs of both clocks that differ by more than their reading takes. */
function isWallSet(batches: readonly Batch[]): boolean {
  const offsets = batches.map(({ header: { clock } }) =>
    clock.wallMs - Number(BigInt(clock.monotonicNs) / 1_000_000n)
  );
  return Math.max(...offsets) - Math.min(...offsets) > READING_MS;
}

function byProbeAndSequence(a: Batch, b: Batch): number {
  if (a.header.probe !== b.header.probe) return a.header.probe < b.header.probe ? -1 : 1;
  return a.header.sequence - b.header.sequence;
}

function latest(ordered: Batch[]): BatchHeader {
  let best = ordered[0]!.header;
  for (const { header } of ordered) {
    if (BigInt(header.untilNs) >= BigInt(best.untilNs)) best = header;
  }
  return best;
}

function lastOfEachProbe(ordered: Batch[]): Batch[] {
  const last = new Map<string, Batch>();
  for (const batch of ordered) last.set(batch.header.probe, batch);
  return [...last.values()];
}

function sum(batches: Batch[], of: (header: BatchHeader, batch: Batch) => number): number {
  return batches.reduce((total, batch) => total + of(batch.header, batch), 0);
}

/** Two events of one kind, moment, processor and skb are one event that was told twice. */
const sameness = (event: Event) => `${event.kind} ${event.timeNs} ${event.cpu} ${event.skb ?? ""}`;

function addEvents(node: NodeView, batches: Batch[]): void {
  const seen = new Set<string>();
  for (const batch of batches) {
    for (const event of batch.events) {
      const key = sameness(event);
      if (seen.has(key)) {
        node.duplicates++;
        continue;
      }
      seen.add(key);
      node.events.push({ ...event, node, at: Number(event.timeNs - node.baseNs) });
    }
  }
  node.events.sort(byTime);
  const last = node.events.at(-1);
  if (last) node.untilAt = Math.max(node.untilAt, last.at);
}

/** Sightings later than one moment of a node's clock and before another. */
export function* sightingsBetween(node: NodeView, from: number, to: number): Iterable<Sighting> {
  let low = 0;
  let high = node.events.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (node.events[middle]!.at <= from) low = middle + 1;
    else high = middle;
  }
  for (; low < node.events.length && node.events[low]!.at < to; low++) yield node.events[low]!;
}

/** Time, then what makes the order total, so that it does not depend on the order of arrival. */
export function byTime(a: Sighting, b: Sighting): number {
  if (a.at !== b.at) return a.at - b.at;
  if (a.cpu !== b.cpu) return a.cpu - b.cpu;
  const left = a.kind + (a.skb ?? "");
  const right = b.kind + (b.skb ?? "");
  return left < right ? -1 : left > right ? 1 : 0;
}

function addStates(node: NodeView, batches: Batch[]): void {
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
