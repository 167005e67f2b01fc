/** Gathers the events and states of one node into batches. */
import type { BatchHeader } from "../../event/batch.ts";
import { encodeEvent } from "../../event/codec.ts";
import type { Event } from "../../event/event.ts";
import type { NetnsState } from "../../event/state.ts";
import type { ClockPair } from "../read/clock_pair.ts";
import { StateLines } from "./state_lines.ts";

/** A batch as it goes to an ingest: its header, then its lines. */
export interface ProbeBatch {
  header: BatchHeader;
  /** Events as TSV and states as JSON (docs/event.md), without line ends. */
  lines: string[];
}

/** What all nodes of one kernel share, as it is when a batch is made. */
export interface KernelFacts {
  incident: string;
  filter: string;
  kernel: string;
  bpftrace: string;
  /** The kernel's id of this start; undefined where it can't be read. */
  boot?: string | undefined;
  /** Packets to an end that asked are told, too. */
  followsAnswers?: boolean | undefined;
  /** What connection tracking knows of packets is not read. */
  translationsUntold?: boolean | undefined;
  /** What a tunnel's packet in another tunnel carries is asked for. */
  asksThirdHeaders?: boolean | undefined;
  scripts: BatchHeader["scripts"];
  /** CLOCK_MONOTONIC when everything was attached. */
  attachedNs: bigint;
  /** CLOCK_MONOTONIC up to which everything was read. */
  untilNs: bigint;
  clock: ClockPair;
  /** Lines that were emitted and never arrived: of which node cannot be told. */
  lost: number;
  /** Stretches in which runs of scripts were left out, since the probe began. */
  missed?: NonNullable<BatchHeader["missed"]>;
  losses?: NonNullable<BatchHeader["losses"]>;
  /** Stretches in which not all packets were told, since the probe began. */
  sampled?: NonNullable<BatchHeader["sampled"]>;
  /** Absent: it is no recorder. */
  recorder?: BatchHeader["recorder"];
  /** Lines that could not be understood: of which node cannot be told, either. */
  refused: number;
}

/** The node whose batches are made, and who takes them. */
export interface BatcherOptions {
  node: string;
  allNetns: boolean;
  netns(): BatchHeader["netns"];
  /** Names this run and this node. An ingest tells batches apart by it and their sequence. */
  probe: string;
  facts(): KernelFacts;
  onBatch(batch: ProbeBatch): void;
  /** What was told before still waits to be taken: more of nothing would only wait behind it. */
  isBehind?: (() => boolean) | undefined;
}

/** Lines of a batch that make it go out without waiting for the next flush. */
export const EVENTS_MAX = 4_000;

/** Events at most that wait for the first batch, until everything is attached. */
export const EVENTS_HELD_MAX = 100_000;

/**
 * So long after it told something a node tells of its silence with every heartbeat: longer than a packet
 * waits in a node (`view/coverage.ts`), so that what it told is judged without delay.
 */
const STIRRED_NS = 6_000_000_000n;

/** So seldom a node with nothing to tell speaks to one who does not listen. */
const BEHIND_NS = 10_000_000_000n;

/** Makes the batches of one node. Counts are totals since the start, as headers have them. */
export class Batcher {
  events = 0;
  evicted = 0;
  /**
   * How long it may say nothing when there is nothing to tell. Of a silence that was not told yet no
   * report concludes anything, so a longer pause only makes verdicts later.
   */
  quietNs = 0n;
  /** How states are told. */
  readonly stateLines = new StateLines();
  #lines: string[] = [];
  #sequence = 0;
  #untilNs = -1n;
  /** Up to when it told with the last batch that had lines. */
  #stirredNs = 0n;
  #begun = false;

  constructor(readonly options: BatcherOptions) {}

  addEvent(event: Event): void {
    if (this.#lines.length >= EVENTS_HELD_MAX) {
      this.evicted += 1;
      return;
    }
    this.events += 1;
    this.#lines.push(encodeEvent(event));
    if (this.#begun && this.#lines.length >= EVENTS_MAX) this.flush();
  }

  addState(state: NetnsState): void {
    this.#lines.push(this.stateLines.lineOf(state));
  }

  /** From now on batches are made: everything is attached. */
  begin(): void {
    this.#begun = true;
  }

  /**
   * A batch of what there is. Nothing new makes none, unless `heartbeat` and time went on, by `quietNs`
   * where nothing was told for a while.
   */
  flush({ heartbeat = false, final = false } = {}): void {
    if (!this.#begun && !final) return;
    const facts = this.options.facts();
    const news = this.#lines.length > 0 || (heartbeat && this.#isDue(facts.untilNs));
    if (!news && !final) return;
    const lines = this.#lines;
    if (lines.length > 0) this.#stirredNs = facts.untilNs;
    this.#lines = [];
    this.#untilNs = facts.untilNs;
    this.options.onBatch({ header: this.#header(facts, final), lines });
  }

  #isDue(untilNs: bigint): boolean {
    const sinceNs = untilNs - this.#untilNs;
    if (this.options.isBehind?.() === true) return sinceNs >= BEHIND_NS;
    return sinceNs > 0n && (sinceNs >= this.quietNs || untilNs - this.#stirredNs < STIRRED_NS);
  }

  #header(facts: KernelFacts, final: boolean): BatchHeader {
    const { node, probe, allNetns, netns } = this.options;
    const {
      incident,
      filter,
      kernel,
      bpftrace,
      boot,
      followsAnswers,
      translationsUntold,
      asksThirdHeaders,
      scripts,
      attachedNs,
      untilNs,
      lost,
      missed = [],
      losses = [],
      sampled = [],
      recorder,
    } = facts;
    return {
      kind: "batch",
      version: 1,
      incident,
      node,
      probe,
      sequence: this.#sequence++,
      kernel,
      bpftrace,
      ...(boot === undefined ? {} : { boot }),
      ...(followsAnswers === true ? { followsAnswers } : {}),
      ...(translationsUntold === true ? { translationsUntold } : {}),
      ...(asksThirdHeaders === true ? { asksThirdHeaders } : {}),
      netns: netns(),
      allNetns,
      filter,
      scripts,
      attachedNs: String(attachedNs),
      untilNs: String(untilNs),
      totals: { events: this.events, lost, refused: facts.refused, evicted: this.evicted },
      ...(missed.length > 0 ? { missed } : {}),
      ...(losses.length > 0 ? { losses } : {}),
      ...(sampled.length > 0 ? { sampled } : {}),
      ...(recorder === undefined ? {} : { recorder }),
      clock: { ...facts.clock, monotonicNs: String(facts.clock.monotonicNs) },
      final,
    };
  }
}
