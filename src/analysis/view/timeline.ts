/**
 * Room `view`, after `kernel`: what one node saw, covered and was configured as.
 *
 * A node as the analysis sees it. It stays the same object while its incident grows, and notes who
 * reads what of it (`asked.ts`).
 */
import type { BatchHeader } from "../../event/batch.ts";
import { COLUMNS } from "../../event/columns.ts";
import type { Event } from "../../event/event.ts";
import { RowEvent } from "../../event/row_event.ts";
import type { NetnsState } from "../../event/state.ts";
import { ask, read, Source } from "./asked.ts";
import { firstAfter, firstFrom, grown, shrunk } from "./indexed.ts";
import { mergeInto, placeAmong, takeOut } from "./merge.ts";
import {
  type Clock,
  type Coverage,
  hasSameLosses,
  hasSameSettings,
  type Sampled,
  type Stretch,
} from "./covered.ts";
import { GoneAnswers } from "./gone.ts";
import type { ProbeRun } from "./runs.ts";
import type { SharedSources } from "./shared_sources.ts";

const TIME = COLUMNS.findIndex(({ name }) => name === "timeNs");

/** An event on its node, read from its row as long as that is. The rows are its node's. */
export class Sighting extends RowEvent {
  get node(): NodeView {
    return this.rows.owner as NodeView;
  }

  /** By the node's clock: ns since its `baseNs`. A double holds 104 days of them exactly. */
  get at(): number {
    const { rows } = this;
    const at = rows.timeAsNumber(this.from + rows.places[TIME]!) - this.node.baseAsNumber;
    return at === at ? at : Number(this.timeNs - this.node.baseNs);
  }
}

/** A reading of a namespace, and when it was read. */
export interface Reading {
  /** An `at`, ns. */
  at: number;
  state: NetnsState;
}

/** One list, so that it is the same each time. */
const NO_READINGS: readonly Reading[] = [];

/** What is known of one node. Times are `at`s: ns since `baseNs` by the node's CLOCK_MONOTONIC. */
export class NodeView {
  /** `baseNs` as a number; NaN where a double does not hold it exactly. */
  readonly baseAsNumber: number;
  /** When watching began. */
  readonly attachedAt = 0;
  /** What was lost and left out. */
  readonly coverageSource = new Source();
  /** What its headers tell of the node and its probe. */
  readonly settingsSource = new Source();
  readonly untilSource = new Source();
  readonly statesSource = new Source();
  readonly eventsSource = new Source();
  /** What the store threw away of it. */
  readonly gone: GoneAnswers;
  /** When its clocks were read together (`clock`), by its own. */
  clockAt: number;
  #coverage: Coverage;
  #hasCounted = false;
  readonly #states = new Map<number, Reading[]>();
  readonly #endings = new Map<number, Reading[]>();
  readonly #events: Sighting[] = [];
  /** How often events came again. */
  readonly #copies = new WeakMap<Sighting, number>();

  constructor(
    readonly name: string,
    /** CLOCK_MONOTONIC when its first probe had attached all scripts. */
    readonly baseNs: bigint,
    coverage: Coverage,
    readonly shared: SharedSources,
  ) {
    this.#coverage = coverage;
    const base = Number(baseNs);
    this.baseAsNumber = Number.isSafeInteger(base) ? base : NaN;
    this.clockAt = this.#atOf(coverage.clock);
    this.gone = new GoneAnswers(baseNs);
    this.gone.tell(coverage.gone);
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
  get missed(): Stretch[] {
    return this.#covered().missed;
  }
  get losses(): Stretch[] {
    return this.#covered().losses;
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

  /** It told what was counted of flows, if only once. */
  get hasCounted(): boolean {
    read(this.shared.counting);
    return this.#hasCounted;
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

  /** What was told when namespaces of this inode had ended, oldest first: a number is given again. */
  endings(netns: number): readonly Reading[] {
    read(this.statesSource);
    return this.#endings.get(netns) ?? NO_READINGS;
  }

  #covered(): Coverage {
    read(this.coverageSource);
    return this.#coverage;
  }

  /** Takes what is covered now. */
  cover(coverage: Coverage): void {
    const before = this.#coverage;
    this.#coverage = coverage;
    if (before.clock !== coverage.clock) this.clockAt = this.#atOf(coverage.clock);
    if (before.untilAt !== coverage.untilAt || before.toldAt !== coverage.toldAt) {
      this.untilSource.changed();
    }
    this.gone.tell(coverage.gone);
    if (!hasSameLosses(before, coverage)) {
      this.coverageSource.changed();
      this.shared.coverage.changed();
    }
    if (!hasSameSettings(before, coverage)) {
      this.settingsSource.changed();
      this.shared.settings.changed();
    }
  }

  #atOf({ monotonicNs }: Clock): number {
    return Number(BigInt(monotonicNs) - this.baseNs);
  }

  /** It was watched up to this moment, an `at`, at least. */
  watchedUntil(at: number): void {
    if (at > this.#coverage.untilAt) this.cover({ ...this.#coverage, untilAt: at });
  }

  /** Events that were not there before, in the order of time. Returns those that are no copies. */
  addEvents(added: readonly Sighting[]): Sighting[] {
    const taken = mergeInto(this.#events, added, byTime, (event) => {
      this.#copies.set(event, (this.#copies.get(event) ?? 0) + 1);
    });
    if (taken.length === 0) return taken;
    if (!this.#hasCounted && taken.some(({ kind }) => kind === "counted")) {
      this.#hasCounted = true;
      this.shared.counting.changed();
    }
    grown(this.#events, taken);
    this.eventsSource.changed();
    return taken;
  }

  /**
   * Events that are no more, found by their moment, processor, kind and skb. Returns the sightings; one that
   * came twice stays until it has gone as often.
   */
  removeEvents(events: readonly Instant[]): Sighting[] {
    const gone = new Set<Sighting>();
    const places: number[] = [];
    let place = -1;
    for (const event of events) {
      // Mostly they went as they came, one after the other.
      place = placeAmong(this.#events, event, byTime, place + 1);
      const sighting = this.#events[place];
      if (!sighting) continue;
      const copies = this.#copies.get(sighting) ?? 0;
      if (copies > 0) this.#copies.set(sighting, copies - 1);
      else if (!gone.has(sighting)) {
        gone.add(sighting);
        places.push(place);
      }
    }
    if (gone.size === 0) return [];
    takeOut(this.#events, places);
    shrunk(this.#events, gone);
    this.eventsSource.changed();
    return [...gone];
  }

  /** Readings of namespaces, in any order. */
  addStates(states: readonly NetnsState[]): void {
    if (states.length === 0) return;
    const grown = new Set<Reading[]>();
    const known = this.#states.size;
    for (const state of states) {
      const at = Number(BigInt(state.timeNs) - this.baseNs);
      const lists = state.ended ? this.#endings : this.#states;
      const list = lists.get(state.netns) ?? [];
      lists.set(state.netns, list);
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

/** Sightings of a node after the moment `from` and before `to`, both as `at`. */
export const sightingsBetween = (node: NodeView, from: number, to: number): readonly Sighting[] =>
  ask(
    node.eventsSource,
    `between ${from} ${to}`,
    () => node.events.slice(firstAfter(node.events, from), firstFrom(node.events, to)),
    isSameList,
  );

const isSameList = (a: readonly unknown[], b: readonly unknown[]): boolean =>
  a.length === b.length && a.every((item, i) => item === b[i]);

/** What tells one event of a node from all others. */
export type Instant = Pick<Event, "cpu" | "kind" | "skb"> & Pick<Sighting, "at">;

/** Order of one node's events: by time, then by what else differs, so that it is never by arrival. */
export function byTime(a: Instant, b: Instant): number {
  const [first, second] = [a.at, b.at];
  if (first !== second) return first - second;
  if (a.cpu !== b.cpu) return a.cpu - b.cpu;
  const left = a.kind + (a.skb ?? "");
  const right = b.kind + (b.skb ?? "");
  return left < right ? -1 : left > right ? 1 : 0;
}
