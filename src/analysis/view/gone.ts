/**
 * What a store threw away of a batch. It throws away the oldest first, so that what is kept of a node
 * is whole again from some time on, and silence after that is proof. Rule O34.
 */
import type { BatchHeader } from "../../event/batch.ts";
import { KINDS } from "../../event/kinds.ts";
import { askOnce, Source } from "./asked.ts";

/** Events of a batch that the store threw away. */
export interface Gone {
  /** Event lines. */
  lines: number;
  /** None of them is of a later time, ns by the node's CLOCK_MONOTONIC; null: not known. */
  untilNs: bigint | null;
  /** Drops and their like may be among them. */
  withDrops: boolean;
}

/** What is known of a batch that a store has. */
export interface Stored {
  header: BatchHeader;
  /** Event lines of it that were thrown away. */
  evicted: number;
  /** Drops and their like that are still there. */
  drops: number;
}

/** What is gone of it; undefined: nothing. */
export function goneOf({ header, evicted, drops }: Stored): Gone | undefined {
  if (evicted === 0) return undefined;
  const { latestEventNs, dropLines } = header;
  return {
    lines: evicted,
    untilNs: latestEventNs === undefined ? null : BigInt(latestEventNs),
    withDrops: dropLines === undefined || drops < dropLines,
  };
}

/** Both. */
export function goneTogether(a: Gone | undefined, b: Gone | undefined): Gone | undefined {
  if (a === undefined || b === undefined) return a ?? b;
  return {
    lines: a.lines + b.lines,
    untilNs: later(a.untilNs, b.untilNs),
    withDrops: a.withDrops || b.withDrops,
  };
}

/** Up to when events of a node are gone, ns by its CLOCK_MONOTONIC: -1 where none is, null where nobody knows. */
export interface GoneUntil {
  /** Of those that only tell that a packet passed. */
  hops: bigint | null;
  /** Of drops and their like. */
  drops: bigint | null;
}

/** Any may be gone. */
export const GONE_EVER: GoneUntil = { hops: null, drops: null };

/** The later of each. */
export const laterOf = (a: GoneUntil, b: GoneUntil): GoneUntil => ({
  hops: later(a.hops, b.hops),
  drops: later(a.drops, b.drops),
});

const later = (a: bigint | null, b: bigint | null): bigint | null =>
  a === null || b === null ? null : a > b ? a : b;

/** Scripts that only tell that a packet passed, and those that tell of drops and their like. */
const [HOP_SCRIPTS, RARE_SCRIPTS] = (["ordinary", "drops"] as const).map((wanted) =>
  new Set(
    Object.values(KINDS).filter(({ tier }) => tier === wanted)
      .flatMap(({ lines }) => Object.values(lines)),
  )
) as [Set<string>, Set<string>];

/** All that is gone of one run of a probe, which only becomes more. */
export class GoneEvents {
  until: GoneUntil = { hops: -1n, drops: -1n };

  /** `before`: what was known to be gone of the same batch. */
  take(now: Gone | undefined, before?: Gone): void {
    if (now === undefined || now.lines === before?.lines) return;
    this.until = laterOf(this.until, {
      hops: now.untilNs,
      drops: now.withDrops ? now.untilNs : -1n,
    });
  }
}

/**
 * What a node answers about what is gone of it. As more goes, only those are asked again who asked about
 * the time that it went of.
 */
export class GoneAnswers {
  /** Whether anything is other. */
  readonly source = new Source();
  readonly #hops: Answers;
  readonly #drops: Answers;

  constructor(baseNs: bigint) {
    this.#hops = new Answers(HOP_STEP_NS, baseNs);
    this.#drops = new Answers(DROP_STEP_NS, baseNs);
  }

  /** What is gone now, which is no less than before. */
  tell({ hops, drops }: GoneUntil): void {
    const isOther = [this.#hops.tell(hops), this.#drops.tell(drops)].includes(true);
    if (isOther) this.source.changed();
  }

  /**
   * Whether any of these scripts' events from this moment on, an `at`, may be gone; -Infinity: of any time
   * at all, Infinity: of times that nobody knows. `scripts`: null: of any script.
   */
  isGoneFrom(from: number, scripts: readonly string[] | null): boolean {
    const ofHops = scripts === null || scripts.some((name) => HOP_SCRIPTS.has(name));
    if (ofHops && this.#hops.isGoneFrom(from)) return true;
    const ofDrops = scripts === null || scripts.some((name) => RARE_SCRIPTS.has(name));
    return ofDrops && this.#drops.isGoneFrom(from);
  }
}

/**
 * Steps of time, ns: what is asked about each of them is one question, which is kept until it is gone, so
 * they are not short. Drops go last, when no hop is left to go, if ever.
 */
const [HOP_STEP_NS, DROP_STEP_NS] = [2 ** 31, 2 ** 36];

/** What is asked of a step, once for each packet: so nothing is made for a question that is known. */
interface Step {
  source: Source;
  isGone: () => boolean;
}

const goneKey = (): string => "gone";

/** The same of one part. */
class Answers {
  /** So many steps are gone. */
  #gone = -Infinity;
  /** By the step that was asked about; of those that are not gone. */
  readonly #steps = new Map<number, Step>();
  readonly #phase: number;

  constructor(readonly stepNs: number, readonly baseNs: bigint) {
    this.#phase = Number(baseNs % BigInt(stepNs));
  }

  /** Whether more is gone than before. */
  tell(untilNs: bigint | null): boolean {
    const gone = this.#stepsOf(untilNs);
    if (gone <= this.#gone) return false;
    this.#gone = gone;
    for (const [step, { source }] of this.#steps) {
      if (!this.#isGone(step)) continue;
      source.changed();
      this.#steps.delete(step);
    }
    return true;
  }

  isGoneFrom(from: number): boolean {
    const step = Math.floor((from + this.#phase) / this.stepNs);
    if (this.#isGone(step)) return true;
    const { source, isGone } = this.#stepOf(step);
    return askOnce(source, goneKey, isGone);
  }

  #isGone(step: number): boolean {
    return step === Infinity ? this.#gone === Infinity : step < this.#gone;
  }

  /** Of the step in which the last one was all may be gone. */
  #stepsOf(ns: bigint | null): number {
    if (ns === null) return Infinity;
    const step = BigInt(this.stepNs);
    return ns < 0n ? -Infinity : Number(ns / step - this.baseNs / step) + 1;
  }

  #stepOf(step: number): Step {
    let known = this.#steps.get(step);
    if (known === undefined) {
      known = { source: new Source(), isGone: () => this.#isGone(step) };
      this.#steps.set(step, known);
    }
    return known;
  }
}
