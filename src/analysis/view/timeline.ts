/**
 * Room `view`, after `kernel`: what one node saw, covered and was configured as.
 *
 * A node as the analysis sees it. It stays the same object while its incident grows, and notes who
 * reads what of it (`asked.ts`).
 */
import type { BatchHeader } from "../../event/batch.ts";
import type { Event } from "../../event/event.ts";
import type { NetnsState } from "../../event/state.ts";
import { ask, read, Source } from "./asked.ts";
import { firstAfter, firstFrom, grown } from "./indexed.ts";
import type { ProbeRun } from "./runs.ts";

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

/** Sources that all nodes of an incident share, for questions to more than one of them. */
export interface SharedSources {
  /** What any node covers. */
  coverage: Source;
  /** What is set on any node, as its headers tell. */
  settings: Source;
  /** The state of any node. */
  states: Source;
}

/** How a node's monotonic clock stands to the time of day, from one reading of both. */
export type Clock = BatchHeader["clock"];

/** What a node covered. Times are `at`s: ns since its `baseNs` by its CLOCK_MONOTONIC. */
export interface Coverage {
  /** Header of the batch that reaches furthest in time: its totals are the highest. */
  header: BatchHeader;
  /** The first reading of both clocks, by which all times of day are told. */
  clock: Clock;
  /** Events that bpftrace lost or that the probe threw away at its limits. */
  lost: number;
  /** Lines that the probe or the ingest could not read. */
  refused: number;
  /** How many times its probe was started: between two runs nothing was watched. */
  runs: number;
  /** Those runs, by time. */
  probeRuns: ProbeRun[];
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
  /** How far times of day may be from the true ones, ms; undefined: not known. */
  timesWithinMs: number | undefined;
  /** Up to when watching is known to have gone on. */
  untilAt: number;
  /** Up to when its losses are known: a batch may tell of losses in the time of the one before. */
  toldAt: number;
}

/** A reading of a namespace, and when it was read, an `at`. */
export interface Reading {
  at: number;
  state: NetnsState;
}

/** What is known of one node. Times are `at`s: ns since `baseNs` by the node's CLOCK_MONOTONIC. */
export class NodeView {
  /** When watching began. */
  readonly attachedAt = 0;
  /** What was lost and left out. */
  readonly coverageSource = new Source();
  /** What its headers tell of the node and its probe. */
  readonly settingsSource = new Source();
  readonly untilSource = new Source();
  readonly statesSource = new Source();
  readonly eventsSource = new Source();
  #coverage: Coverage;
  readonly #states = new Map<number, Reading[]>();
  readonly #events: Sighting[] = [];

  constructor(
    readonly name: string,
    /** CLOCK_MONOTONIC when its first probe had attached all scripts. */
    readonly baseNs: bigint,
    coverage: Coverage,
    readonly shared: SharedSources,
  ) {
    this.#coverage = coverage;
  }

  get header(): BatchHeader {
    read(this.settingsSource);
    return this.#coverage.header;
  }
  get clock(): Clock {
    return this.#coverage.clock;
  }
  get lost(): number {
    return this.#covered().lost;
  }
  get refused(): number {
    return this.#covered().refused;
  }
  get runs(): number {
    return this.#covered().runs;
  }
  get missing(): number {
    return this.#covered().missing;
  }
  get unaccounted(): number {
    return this.#covered().unaccounted;
  }
  get evicted(): number {
    return this.#covered().evicted;
  }
  get missed(): Stretch[] {
    return this.#covered().missed;
  }
  get sampled(): Sampled[] {
    return this.#covered().sampled;
  }
  get wallSteps(): boolean {
    read(this.settingsSource);
    return this.#coverage.wallSteps;
  }
  get timesWithinMs(): number | undefined {
    read(this.settingsSource);
    return this.#coverage.timesWithinMs;
  }
  get probeRuns(): ProbeRun[] {
    read(this.untilSource);
    return this.#covered().probeRuns;
  }
  get untilAt(): number {
    read(this.untilSource);
    return this.#coverage.untilAt;
  }
  get toldAt(): number {
    read(this.untilSource);
    return this.#coverage.toldAt;
  }

  /** In the order of time. */
  get events(): readonly Sighting[] {
    read(this.eventsSource);
    return this.#events;
  }

  /** Snapshots of each namespace by its inode, oldest first. */
  get states(): ReadonlyMap<number, readonly Reading[]> {
    read(this.statesSource);
    return this.#states;
  }

  #covered(): Coverage {
    read(this.coverageSource);
    return this.#coverage;
  }

  /** Takes what is covered now. */
  cover(coverage: Coverage): void {
    const before = this.#coverage;
    this.#coverage = coverage;
    if (before.untilAt !== coverage.untilAt || before.toldAt !== coverage.toldAt) {
      this.untilSource.changed();
    }
    if (!hasSameLosses(before, coverage)) {
      this.coverageSource.changed();
      this.shared.coverage.changed();
    }
    if (!hasSameSettings(before, coverage)) {
      this.settingsSource.changed();
      this.shared.settings.changed();
    }
  }

  /** It was watched up to this moment, an `at`, at least. */
  watchedUntil(at: number): void {
    if (at > this.#coverage.untilAt) this.cover({ ...this.#coverage, untilAt: at });
  }

  /** Events that were not there before, in the order of time. Returns those that are no copies. */
  addEvents(added: readonly Sighting[]): Sighting[] {
    const taken = mergeInto(this.#events, added);
    if (taken.length === 0) return taken;
    grown(this.#events, taken);
    this.eventsSource.changed();
    return taken;
  }

  /** Readings of namespaces, in any order. */
  addStates(states: readonly NetnsState[]): void {
    if (states.length === 0) return;
    const grown = new Set<Reading[]>();
    const known = this.#states.size;
    for (const state of states) {
      const at = Number(BigInt(state.timeNs) - this.baseNs);
      const list = this.#states.get(state.netns) ?? [];
      this.#states.set(state.netns, list);
      list.push({ at, state });
      grown.add(list);
    }
    for (const list of grown) list.sort((a, b) => a.at - b.at);
    if (this.#states.size > known) this.#order();
    this.statesSource.changed();
    this.shared.states.changed();
  }

  /** Namespaces by when they were read first: the order in which they came must not count. */
  #order(): void {
    const ordered = [...this.#states].sort(([a, [first]], [b, [other]]) =>
      first!.at - other!.at || a - b
    );
    this.#states.clear();
    for (const [netns, list] of ordered) this.#states.set(netns, list);
  }
}

/** Parts of a header that tell what a node covers; the others are of one batch alone. */
const TELLING = [
  "kernel",
  "bpftrace",
  "boot",
  "filter",
  "followsAnswers",
  "allNetns",
  "netns",
  "scripts",
] as const;

/** Of several runs the times count, too, and change with every batch. */
const hasSameLosses = (a: Coverage, b: Coverage): boolean =>
  a.lost === b.lost && a.refused === b.refused && a.runs === b.runs && a.runs < 2 &&
  a.missing === b.missing && a.unaccounted === b.unaccounted && a.evicted === b.evicted &&
  JSON.stringify([a.missed, a.sampled]) === JSON.stringify([b.missed, b.sampled]);

const hasSameSettings = (a: Coverage, b: Coverage): boolean =>
  a.wallSteps === b.wallSteps && a.timesWithinMs === b.timesWithinMs &&
  (a.header === b.header || settingsOf(a.header) === settingsOf(b.header));

const settingsOf = (header: BatchHeader): string =>
  JSON.stringify(TELLING.map((part) => header[part]));

/** Puts events into a list in the order of time. What is there already is left out; the others are returned. */
function mergeInto(events: Sighting[], added: readonly Sighting[]): Sighting[] {
  const taken: Sighting[] = [];
  const [first] = added;
  if (!first) return taken;
  let from = events.length;
  while (from > 0 && byTime(events[from - 1]!, first) >= 0) from--;
  const tail = events.splice(from);
  let next = 0;
  const take = (event: Sighting) => {
    const last = events.at(-1);
    // One event came twice: nothing tells two events of one moment, processor, kind and skb apart.
    if (last && byTime(last, event) === 0) return;
    events.push(event);
    taken.push(event);
  };
  for (const event of tail) {
    while (next < added.length && byTime(added[next]!, event) < 0) take(added[next++]!);
    while (next < added.length && byTime(added[next]!, event) === 0) next++;
    events.push(event);
  }
  while (next < added.length) take(added[next++]!);
  return taken;
}

/** Sightings of a node after the moment `from` and before `to`, both as `at`. */
export const sightingsBetween = (node: NodeView, from: number, to: number): readonly Sighting[] =>
  ask(
    node.eventsSource,
    `between ${from} ${to}`,
    () => node.events.slice(firstAfter(node.events, from), firstFrom(node.events, to)),
    isSameList,
  );

/** Lists that only grow are the same while they are of one length. */
export const isSameList = (a: readonly unknown[], b: readonly unknown[]): boolean =>
  a.length === b.length;

/** Order of one node's events: by time, then by what else differs, so that it is never by arrival. */
export function byTime(a: Sighting, b: Sighting): number {
  if (a.at !== b.at) return a.at - b.at;
  if (a.cpu !== b.cpu) return a.cpu - b.cpu;
  const left = a.kind + (a.skb ?? "");
  const right = b.kind + (b.skb ?? "");
  return left < right ? -1 : left > right ? 1 : 0;
}
