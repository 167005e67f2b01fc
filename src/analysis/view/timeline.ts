/**
 * Room `view`, after `kernel`: what one node saw, covered and was configured as.
 *
 * Batches to one view per node: events in the order of its own clock, and what it covered.
 */
import type { BatchHeader } from "../../event/batch.ts";
import type { Event } from "../../event/event.ts";
import type { NetnsState } from "../../event/state.ts";
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

/** A stretch of a node's time, in `at`, in which only packets of some ranks were told. Rule O22. */
export interface Sampled {
  /** An `at`, ns. */
  from: number;
  /** An `at`, ns. */
  to: number;
  /** All from this rank on were told by the scripts that see packets pass. */
  rank: number;
  /** All from this rank on were told by the scripts that tell of drops, errors and resets. */
  dropRank: number;
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
  /** Stretches in which not all packets were told. */
  sampled: Sampled[];
  /** Its wall clock was set while it was watched. */
  wallSteps: boolean;
}

/** What is known of a node beside its events and states. */
export interface Watched {
  /** Its batches by probe and sequence, each once; at least one. */
  ordered: readonly Batch[];
  baseNs: bigint;
  /** Event lines that came with them. */
  lines: number;
  /** Events of all nodes that the store threw away. */
  evicted: number;
}

/** A node without its events and states. */
export function viewOf({ ordered, baseNs, lines, evicted }: Watched): NodeView {
  const header = latest(ordered);
  const probes = lastOfEachProbe(ordered);
  const node: NodeView = {
    name: header.node,
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
    sampled: sampledOf(probes, baseNs),
    runs: probes.length,
    probeRuns: runsOf(ordered),
    missing: sum(probes, (header) => header.sequence + 1) -
      sum(ordered, (_, batch) => batch.stands ?? 1),
    unaccounted: Math.max(0, sum(probes, (header) => header.totals.events) - lines),
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

function latest(ordered: readonly Batch[]): BatchHeader {
  let best = ordered[0]!.header;
  for (const { header } of ordered) {
    if (BigInt(header.untilNs) >= BigInt(best.untilNs)) best = header;
  }
  return best;
}

function lastOfEachProbe(ordered: readonly Batch[]): Batch[] {
  const last = new Map<string, Batch>();
  for (const batch of ordered) last.set(batch.header.probe, batch);
  return [...last.values()];
}

function sum(batches: readonly Batch[], of: (header: BatchHeader, batch: Batch) => number): number {
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

/** Stretches in which not all packets were told, as `at` of the node. */
function sampledOf(probes: readonly Batch[], baseNs: bigint): Sampled[] {
  return probes.flatMap(({ header }) => header.sampled ?? []).map((stretch) => ({
    from: Number(BigInt(stretch.fromNs) - baseNs),
    to: Number(BigInt(stretch.toNs) - baseNs),
    rank: stretch.rank,
    dropRank: stretch.dropRank,
  }));
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
