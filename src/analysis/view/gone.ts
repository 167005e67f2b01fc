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
    untilNs: a.untilNs === null || b.untilNs === null
      ? null
      : a.untilNs > b.untilNs
      ? a.untilNs
      : b.untilNs,
    withDrops: a.withDrops || b.withDrops,
  };
}

/** Up to when events of a node are gone, as `at`s: -Infinity where none is, Infinity where nobody knows. */
export interface GoneUntil {
  /** Of those that only tell that a packet passed. */
  hops: number;
  /** Of drops and their like. */
  drops: number;
}

/** Scripts that only tell that a packet passed, and those that tell of drops and their like. */
const [HOP_SCRIPTS, RARE_SCRIPTS] = (["ordinary", "drops"] as const).map((wanted) =>
  new Set(
    Object.values(KINDS).filter(({ tier }) => tier === wanted)
      .flatMap(({ lines }) => Object.values(lines)),
  )
) as [Set<string>, Set<string>];

/** What of these scripts' events may be gone. `scripts`: null: of any script. */
export const partsOf = (scripts: readonly string[] | null): (keyof GoneUntil)[] => [
  ...scripts === null || scripts.some((name) => HOP_SCRIPTS.has(name)) ? ["hops" as const] : [],
  ...scripts === null || scripts.some((name) => RARE_SCRIPTS.has(name)) ? ["drops" as const] : [],
];

/** Steps of such a time, ns: what is asked about each of them is one question, so they are not short. */
const STEP_NS = 2 ** 31;

/** All that is gone of one node, which only becomes more. */
export class GoneEvents {
  #hopsNs: bigint | null = -1n;
  #dropsNs: bigint | null = -1n;

  /** `before`: what was known to be gone of the same batch. */
  take(now: Gone | undefined, before?: Gone): void {
    if (now === undefined || now.lines === before?.lines) return;
    this.#hopsNs = later(this.#hopsNs, now.untilNs);
    if (now.withDrops) this.#dropsNs = later(this.#dropsNs, now.untilNs);
  }

  /** As `at`s of a node that begins with `baseNs`. */
  until(baseNs: bigint): GoneUntil {
    return { hops: atOf(this.#hopsNs, baseNs), drops: atOf(this.#dropsNs, baseNs) };
  }
}

const later = (a: bigint | null, b: bigint | null): bigint | null =>
  a === null || b === null ? null : a > b ? a : b;

function atOf(ns: bigint | null, baseNs: bigint): number {
  if (ns === null) return Infinity;
  if (ns < 0n) return -Infinity;
  const step = BigInt(STEP_NS);
  return Number((ns / step + 1n) * step - baseNs);
}

/**
 * What a node answers about what is gone of it. As more goes, only those are asked again who asked about
 * the time that it went of.
 */
export class GoneAnswers {
  #until: GoneUntil = { hops: -Infinity, drops: -Infinity };
  /** By the step of the time that was asked about. */
  readonly #sources = new Map<number, Source>();
  /** Whether anything is other. */
  readonly source = new Source();
  readonly #phase: number;

  constructor(baseNs: bigint) {
    this.#phase = Number(baseNs % BigInt(STEP_NS));
  }

  /** What is gone now, which is no less than before. */
  tell(until: GoneUntil): void {
    const before = this.#until;
    if (before.hops === until.hops && before.drops === until.drops) return;
    this.#until = until;
    this.source.changed();
    for (const [step, source] of this.#sources) {
      const isSame = PARTS.every((part) =>
        this.#isGone(part, step, before) === this.#isGone(part, step, until)
      );
      if (isSame) continue;
      source.changed();
      if (PARTS.every((part) => this.#isGone(part, step, until))) this.#sources.delete(step);
    }
  }

  /** Whether any of these scripts' events from this moment on, an `at`, may be gone. */
  isGoneFrom(from: number, scripts: readonly string[] | null): boolean {
    const step = Math.floor((from + this.#phase) / STEP_NS);
    return partsOf(scripts).some((part) =>
      askOnce(
        this.#sourceOf(step),
        () => `gone ${part}`,
        () => this.#isGone(part, step, this.#until),
      )
    );
  }

  #isGone(part: keyof GoneUntil, step: number, until: GoneUntil): boolean {
    return step === Infinity
      ? until[part] === Infinity
      : until[part] > -Infinity && (until[part] + this.#phase) / STEP_NS > step;
  }

  #sourceOf(step: number): Source {
    const known = this.#sources.get(step) ?? new Source();
    this.#sources.set(step, known);
    return known;
  }
}

const PARTS = ["hops", "drops"] as const;
