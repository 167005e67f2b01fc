/** What was asked, by what came of it, in equal parts of time: what the strip under the header draws. Pure. */
import type { Buckets, Flow, Problem } from "../../event/report.ts";
import { ALL_OUTCOMES } from "../../event/codes.ts";
import { type Group, mainProblem, outcomeOf } from "./groups.ts";

const WELL = ["in-flight", "delivered", "answered"];

/** Outcomes in the order in which they are stacked: the worst at the bottom, what is well on top. */
export const LAYERS: readonly string[] = [
  ...ALL_OUTCOMES.filter((one) => !WELL.includes(one)),
  ...WELL,
];

/** Counts in equal parts of time: of connections, and of the packets of other questions. */
export interface Strip {
  /** When the first part begins, in milliseconds since 1970. */
  fromMs: number;
  /** How long each part is: a power of two of seconds, in milliseconds. */
  stepMs: number;
  /** How many parts there are. */
  count: number;
  /** By outcome, those that there are; what was counted over a longer time is spread evenly. */
  layers: ReadonlyMap<string, number[]>;
}

/** Parts that a narrow page has room for. */
const PARTS_MAX = 96;
/** More parts of a second than any incident has: a wrong clock must not cost more. */
const SPAN_MAX_MS = 400 * 86_400_000;

/**
 * The strip; null when it is not known when anything was. What failed is counted as the problems count
 * it; of a question of many packets the others got through, as far as packets of it did.
 */
export function stripOf(groups: readonly Group[], problems: readonly Problem[]): Strip | null {
  const byId = new Map(problems.map((one) => [one.id, one]));
  const ofProblem = new Map<Problem, Group[]>(problems.map((one) => [one, []]));
  const layers = new Layers(problems, groups);
  if (layers.count === 0) return null;
  for (const group of groups) {
    const problem = mainProblem(group, byId);
    if (problem !== undefined) ofProblem.get(problem)!.push(group);
    else layers.add(layers.of(outcomeOf(group)), asked(group));
  }
  for (const [{ outcome, timeline }, own] of ofProblem) {
    const failed = layers.zeros();
    layers.add(failed, timed(timeline.failed));
    layers.sum(outcome, failed);
    const questions = own.filter(hasManyQuestions);
    const seen = layers.zeros();
    for (const group of questions) layers.add(seen, asked(group));
    const left = seen.map((count, i) => Math.max(0, count - failed[i]!));
    const delivered = sumOf(questions.map(({ flows }) => flows[0]!.packets.delivered));
    const share = Math.min(1, delivered / Math.max(1, sumOf(left)));
    if (share > 0) layers.sum("delivered", left.map((count) => count * share));
  }
  return layers.strip();
}

/** All that was asked in each part. */
export const totals = ({ layers, count }: Strip): number[] =>
  Array.from({ length: count }, (_, i) => sumOf([...layers.values()].map((counts) => counts[i]!)));

/** The start of each part, and the end of the last, in milliseconds since 1970. */
export const edgeMs = ({ fromMs, stepMs }: Strip, index: number): number => fromMs + index * stepMs;

const sumOf = (counts: readonly number[]): number => counts.reduce((a, b) => a + b, 0);
/** A connection is asked for once, however many packets it has. */
const hasManyQuestions = ({ flows }: Group): boolean => flows[0]!.protocol !== "tcp";

/** Counts of parts of time that begin at a moment, ms since 1970; NaN where it is not known when. */
interface Timed {
  startMs: number;
  seconds: number;
  counts: readonly number[];
}

const timed = ({ from, seconds, counts }: Buckets): Timed => ({
  startMs: Date.parse(from),
  seconds,
  counts,
});

/** A group is never changed in place, and to read its times takes longer than to count them. */
const known = new WeakMap<Group, Timed>();

/** When a group asked: once where it began, or as often as its question has packets. */
function asked(group: Group): Timed {
  const before = known.get(group);
  if (before !== undefined) return before;
  const made = askedOf(group);
  known.set(group, made);
  return made;
}

function askedOf(group: Group): Timed {
  const { exchange, flows: [question] } = group as { exchange?: Group["exchange"]; flows: [Flow] };
  const { rate, firstAt, lastAt, packets } = question;
  const isMany = hasManyQuestions(group);
  if (isMany && rate !== undefined) return timed(rate);
  const first = Date.parse(firstAt ?? exchange?.firstAt ?? rate?.from ?? "");
  const startMs = Math.floor(first / 1000) * 1000;
  const last = isMany ? Date.parse(lastAt ?? exchange?.lastAt ?? "") : first;
  const seconds = last > first ? Math.ceil((last - startMs) / 1000) : 1;
  return { startMs, seconds, counts: [isMany ? packets.seen : 1] };
}

/** Layers over the time of all that is to be counted. */
class Layers {
  readonly #fromMs: number = 0;
  readonly #stepMs: number = 1000;
  /** Parts; 0 when it is not known when anything was. */
  readonly count: number = 0;
  readonly #layers = new Map<string, number[]>();

  constructor(problems: readonly Problem[], groups: readonly Group[]) {
    let [first, last] = [Infinity, -Infinity];
    const reach = ({ startMs, seconds, counts }: Timed) => {
      if (Number.isNaN(startMs) || counts.length === 0) return;
      first = Math.min(first, startMs);
      last = Math.max(last, startMs + counts.length * seconds * 1000);
    };
    for (const { timeline } of problems) reach(timed(timeline.failed));
    for (const group of groups) reach(asked(group));
    if (!(last > first) || last - first > SPAN_MAX_MS) return;
    while ((last - first) / this.#stepMs > PARTS_MAX - 1) this.#stepMs *= 2;
    this.#fromMs = Math.floor(first / this.#stepMs) * this.#stepMs;
    this.count = Math.ceil((last - this.#fromMs) / this.#stepMs);
  }

  zeros(): number[] {
    return Array.from({ length: this.count }, () => 0);
  }

  of(outcome: string): number[] {
    const key = LAYERS.includes(outcome) ? outcome : "unknown";
    const counts = this.#layers.get(key) ?? this.zeros();
    this.#layers.set(key, counts);
    return counts;
  }

  sum(outcome: string, counts: readonly number[]): void {
    const layer = this.of(outcome);
    for (const [i, count] of counts.entries()) layer[i]! += count;
  }

  /** Adds counts where they were; a longer part than the strip's is spread over those it covers. */
  add(to: number[], { startMs, seconds, counts }: Timed): void {
    if (Number.isNaN(startMs)) return;
    const long = seconds * 1000;
    for (let i = 0; i < counts.length; i++) {
      const count = counts[i]!;
      if (count === 0) continue;
      const begin = (startMs + i * long - this.#fromMs) / this.#stepMs;
      const first = Math.max(0, Math.floor(begin));
      const end = Math.max(first + 1, Math.ceil(begin + long / this.#stepMs));
      for (let at = first; at < Math.min(end, to.length); at++) to[at]! += count / (end - first);
    }
  }

  strip(): Strip {
    const present = LAYERS.flatMap((outcome) => {
      const counts = this.#layers.get(outcome);
      return counts?.some((count) => count > 0) ? [[outcome, counts] as const] : [];
    });
    return {
      fromMs: this.#fromMs,
      stepMs: this.#stepMs,
      count: this.count,
      layers: new Map(present),
    };
  }
}
