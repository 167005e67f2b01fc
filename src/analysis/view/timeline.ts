/**
 * Room `view`, after `kernel`: what one node saw, covered and was configured as.
 *
 * Batches to one view per node: events in the order of its own clock, and what it covered.
 */
import type { BatchHeader } from "../../event/batch.ts";
import type { Event } from "../../event/event.ts";
import type { NetnsState } from "../../event/state.ts";
import { linesOf } from "./condense.ts";
import { isFirst } from "./distinct.ts";
import type { Batch } from "./input.ts";
import { type ProbeRun, runsOf } from "./runs.ts";

/** An event on its node. */
export interface Sighting extends Event {
  node: NodeView;
  /** By the node's clock: ns since its `baseNs`. A double holds 104 days of them exactly. */
  at: number;
}

/** A stretch of a node's time, in `at`, in which so many runs of scripts were left out. */
export interface Stretch {
  /** An `at`, ns. */
  from: number;
  /** An `at`, ns. */
  to: number;
  count: number;
}

/** What is known of one node. Times are `at`s: ns since `baseNs` by the node's CLOCK_MONOTONIC. */
export interface NodeView {
  name: string;
  /** Header of the batch that reaches furthest in time: its totals are the highest. */
  header: BatchHeader;
  /** CLOCK_MONOTONIC when its first probe had attached all scripts. */
  baseNs: bigint;
  /** In the order of time. */
  events: Sighting[];
  /** Snapshots of each namespace by its inode, oldest first. */
  states: Map<number, { at: number; state: NetnsState }[]>;
  /** When watching began. */
  attachedAt: number;
  /** Up to when watching is known to have gone on. */
  untilAt: number;
  /** Events that bpftrace lost or that the probe threw away at its limits. */
  lost: number;
  /** Lines that the probe or the ingest could not read. */
  refused: number;
  /** How many times its probe was started: between two runs nothing was watched. */
  runs: number;
  /** Those runs, by time. */
  probeRuns: ProbeRun[];
  /** Up to when its losses are known: a batch may tell of losses in the time of the one before. */
  toldAt: number;
  /** Batches that have not come, although later ones have. */
  missing: number;
  /** Events that its probes say they sent, and that have not come with the batches that came. */
  unaccounted: number;
  /** Events of all nodes that the store threw away. */
  evicted: number;
  /** Stretches in which the kernel left out runs of scripts: a packet may have passed unseen. */
  missed: Stretch[];
  /** Its wall clock was set while it was watched. */
  wallSteps: boolean;
}

/**
 * One view per node, in the order of their names. Batches may come in any order and more than once.
 * `evicted`: how many events of all nodes the store threw away.
 */
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
  const isNew = isFirst();
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
    toldAt: 0,
    missed: missedOf(probes, baseNs),
    runs: probes.length,
    probeRuns: runsOf(ordered),
    missing: sum(probes, (header) => header.sequence + 1) -
      sum(ordered, (_, batch) => batch.stands ?? 1),
    unaccounted: Math.max(
      0,
      sum(probes, (header) => header.totals.events) -
        sum(ordered, (_, batch) => linesOf(batch, isNew)),
    ),
    evicted,
    wallSteps: isWallSet(ordered),
  };
  for (const { header } of ordered) {
    node.untilAt = Math.max(node.untilAt, Number(BigInt(header.untilNs) - baseNs));
  }
  for (const [i, { header }] of ordered.entries()) {
    // The next batch of the same probe tells what was lost up to here; after the final one none comes.
    if (ordered[i + 1]?.header.probe !== header.probe && !header.final) continue;
    node.toldAt = Math.max(node.toldAt, Number(BigInt(header.untilNs) - baseNs));
  }
  addEvents(node, ordered);
  addStates(node, ordered);
  return node;
}

/** How far apart a busy machine may read its two clocks, which should be at one moment. */
const READING_MS = 500;

/** The wall clock moved against the monotonic one by more than the time of a reading. */
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

/** Stretches in which runs of scripts were left out, as `at` of the node. */
function missedOf(probes: readonly Batch[], baseNs: bigint): NodeView["missed"] {
  return probes.flatMap(({ header }) => header.missed ?? []).map(({ fromNs, toNs, count }) => ({
    from: Number(BigInt(fromNs) - baseNs),
    to: Number(BigInt(toNs) - baseNs),
    count,
  }));
}

function addEvents(node: NodeView, batches: Batch[]): void {
  const isNew = isFirst();
  for (const { events } of batches) {
    for (const event of events) {
      if (!isNew(event)) continue;
      node.events.push({ ...event, node, at: Number(event.timeNs - node.baseNs) });
    }
  }
  node.events.sort(byTime);
  const last = node.events.at(-1);
  if (last) node.untilAt = Math.max(node.untilAt, last.at);
}

/** Sightings of a node after the moment `from` and before `to`, both as `at`. */
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

/** Order of one node's events: by time, then by what else differs, so that it is never by arrival. */
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
