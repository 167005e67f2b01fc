/** What the batches of a node's probes tell of its coverage, taken one by one. */
import type { BatchHeader } from "../../event/batch.ts";
import { linesOf } from "./condense.ts";
import { isFirst } from "./distinct.ts";
import { GONE_EVER, GoneEvents, laterOf } from "./gone.ts";
import type { Batch } from "./input.ts";
import type { ProbeRun } from "./runs.ts";
import type { Clock, Coverage, Sampled, Stretch } from "./covered.ts";

/** How far apart a busy machine may read its two clocks, which should be at one moment. */
const READING_MS = 500;

/**
 * One run of a probe, by its batches in whichever order they come. Of none of them more is kept than the
 * headers that the run's coverage rests on.
 */
export class WatchedRun {
  readonly #isNewLine = isFirst();
  /** The batch with the lowest number, and how many batches it stands for. */
  #first: { header: BatchHeader; stands: number } | null = null;
  /** The batch with the highest number, and the one that reaches furthest. */
  last!: BatchHeader;
  furthest!: BatchHeader;
  clock!: Clock;
  #clockNs: bigint | null = null;
  #clockSequence = 0;
  refused = 0;
  stands = 0;
  lines = 0;
  isEnded = false;
  readonly gone = new GoneEvents();
  untilNs = -1n;
  toldNs = -1n;
  leastOffsetMs = Infinity;
  mostOffsetMs = -Infinity;

  /** Takes a batch that did not come before, with whichever number. */
  take(batch: Batch): void {
    const { header } = batch;
    this.#takeTime(header);
    if (this.#first === null || header.sequence < this.#first.header.sequence) {
      this.#first = { header, stands: batch.stands ?? 1 };
    }
    if (this.last === undefined || header.sequence > this.last.sequence) this.last = header;
    this.#takeClock(header);
    this.gone.take(batch.gone);
    this.refused += batch.refused;
    this.stands += batch.stands ?? 1;
    this.lines += linesOf(batch, this.#isNewLine);
    this.isEnded ||= header.final;
  }

  #takeTime(header: BatchHeader): void {
    const untilNs = BigInt(header.untilNs);
    // The next batch of the same probe tells what was lost up to here; after the final one none comes.
    const earlier = this.last && (header.sequence > this.last.sequence ? this.last : header);
    for (const told of [earlier, header.final ? header : undefined]) {
      const toldNs = told === undefined ? -1n : BigInt(told.untilNs);
      if (toldNs > this.toldNs) this.toldNs = toldNs;
    }
    const isLater = untilNs > this.untilNs ||
      (untilNs === this.untilNs && header.sequence > this.furthest.sequence);
    if (isLater) this.furthest = header;
    if (untilNs > this.untilNs) this.untilNs = untilNs;
  }

  #takeClock(header: BatchHeader): void {
    const { clock, sequence } = header;
    const clockNs = BigInt(clock.monotonicNs);
    const isFirst = this.#clockNs === null || clockNs < this.#clockNs ||
      (clockNs === this.#clockNs && sequence < this.#clockSequence);
    if (isFirst) {
      this.clock = clock;
      this.#clockNs = clockNs;
      this.#clockSequence = sequence;
    }
    const offsetMs = clock.wallMs - Number(clockNs / 1_000_000n);
    this.leastOffsetMs = Math.min(this.leastOffsetMs, offsetMs);
    this.mostOffsetMs = Math.max(this.mostOffsetMs, offsetMs);
  }

  /** The run by the time of day. */
  get run(): ProbeRun {
    const [first, last] = [this.#first!, this.last];
    return {
      fromMs: wallMs(first.header, first.header.attachedNs),
      untilMs: wallMs(last, last.untilNs),
      endedMs: wallMs(this, last.untilNs),
      isEnded: this.isEnded,
      missingFirst: first.stands === 1 ? first.header.sequence : 0,
    };
  }
}

function wallMs({ clock }: Pick<BatchHeader, "clock">, monotonicNs: string): number {
  return clock.wallMs + Number((BigInt(monotonicNs) - BigInt(clock.monotonicNs)) / 1_000_000n);
}

/**
 * A node's coverage by its runs, in the order of their names; at least one. `isAnyGone`: the store threw
 * events away of which nobody knows when and of which node they were.
 */
export function coverageOf(
  runs: readonly WatchedRun[],
  baseNs: bigint,
  isAnyGone: boolean,
): Coverage {
  const sum = (of: (run: WatchedRun) => number) => runs.reduce((total, run) => total + of(run), 0);
  const furthest = runs.reduce((best, run) => run.untilNs >= best.untilNs ? run : best);
  const header = furthest.furthest;
  const clock = runs.map((run) => run.clock)
    .reduce((a, b) => BigInt(b.monotonicNs) < BigInt(a.monotonicNs) ? b : a);
  const spreadMs = Math.max(...runs.map(({ mostOffsetMs }) => mostOffsetMs)) -
    Math.min(...runs.map(({ leastOffsetMs }) => leastOffsetMs));
  const wallSteps = spreadMs > READING_MS;
  const at = (ns: bigint) => Number(ns - baseNs);
  return {
    header,
    clock,
    lost: sum(({ last: { totals } }) => totals.lost + totals.evicted),
    refused: sum(({ last, refused }) => last.totals.refused + refused),
    runs: runs.length,
    probeRuns: runs.map(({ run }) => run).sort((a, b) => a.fromMs - b.fromMs),
    missing: sum(({ last, stands }) => last.sequence + 1 - stands),
    unaccounted: Math.max(0, sum(({ last, lines }) => last.totals.events - lines)),
    gone: isAnyGone
      ? GONE_EVER
      : runs.map(({ gone }) => gone.until).reduce((a, b) => laterOf(a, b)),
    missed: runs.flatMap(({ last }) => last.missed ?? []).map((one) => stretchOf(one, baseNs)),
    losses: runs.flatMap(({ last }) => last.losses ?? []).map((one) => stretchOf(one, baseNs)),
    sampled: sampledOf(runs, baseNs),
    wallSteps,
    // One reading places all of the time; since then the clocks may have come apart.
    timesWithinMs: clock.boundMs === undefined || wallSteps ? undefined : clock.boundMs + spreadMs,
    untilAt: Math.max(0, at(runs.reduce((a, { untilNs }) => untilNs > a ? untilNs : a, -1n))),
    toldAt: Math.max(0, at(runs.reduce((a, { toldNs }) => toldNs > a ? toldNs : a, baseNs))),
  };
}

/** A stretch in which something was left out or lost, as `at` of the node. */
function stretchOf(told: NonNullable<BatchHeader["missed"]>[number], baseNs: bigint): Stretch {
  const { fromNs, toNs, count, scripts } = told;
  const at = (ns: string) => Number(BigInt(ns) - baseNs);
  return { from: at(fromNs), to: at(toNs), count, scripts };
}

/** Stretches in which not all packets were told, as `at` of the node. */
const sampledOf = (runs: readonly WatchedRun[], baseNs: bigint): Sampled[] =>
  runs.flatMap(({ last }) => last.sampled ?? []).map((stretch) => ({
    from: Number(BigInt(stretch.fromNs) - baseNs),
    to: Number(BigInt(stretch.toNs) - baseNs),
    rank: stretch.rank,
    dropRank: stretch.dropRank,
  }));
