/** Whether a problem still is: by what failed last at its place, and what got through there since. Rule P4. */
import type { ProblemState } from "../../event/report.ts";
import { Counted, Numbers } from "../view/ordered.ts";
import type { Place } from "./place.ts";
import type { Trouble } from "./trouble.ts";

/** Moments of a problem at one place, each as `at` of the place's node. */
export interface Course {
  place: Place;
  /** The last that got through before anything failed; absent: nothing was seen to. */
  passedBefore?: number;
  /** The first failure, an `at` in ns. */
  first: number;
  /** The last failure, an `at` in ns. */
  last: number;
  /** The first that got through since, where that shows that it is mended. */
  healed?: number;
}

/** What is known of a problem's end. */
export interface Healing {
  state: ProblemState;
  /** One for each place. */
  courses: Course[];
  /** When the first got through after the last failure, ms since 1970; absent unless it healed. */
  healedMs?: number;
  /** How many got through after the last failure. */
  deliveredSince: number;
}

/** Nothing of a kind for so long, ns, and it is not expected any more. */
export const QUIET_NS = 10e9;
/** The chance that as many get through one after the other while some still fail. */
const CHANCE = 0.01;

/** Failures of one kind, in the order of time. */
export class Failures {
  /** As `at`s of one node. */
  readonly at = new Numbers();
  readonly #flows = new Counted<string>();

  /** Takes those of some troubles out, and those of others in. */
  change(gone: readonly Trouble[], come: readonly Trouble[]): void {
    for (const { flow } of gone) this.#flows.remove(flow);
    for (const { flow } of come) this.#flows.add(flow);
    const failedAt = (all: readonly Trouble[]) => all.flatMap((trouble) => trouble.failedAt);
    this.at.change(failedAt(gone), failedAt(come));
  }

  get isNone(): boolean {
    return this.at.length === 0;
  }

  /** Flows that failed; of one flow its packets. */
  get units(): number {
    return this.#flows.size > 1 ? this.#flows.size : this.at.length;
  }
}

/** How long a kind of failures is active, and what it is then. */
export interface Prospect {
  /** An `at`, ns: up to this moment it is active. */
  until: number;
  then: "healed" | "ended";
}

/** What got through between failures, and since. */
export interface GotThrough {
  /** How many did before the last failure. */
  between: number;
  /** How many did after it. */
  since: number;
  /** Of a flow of which only some were told: when the last one got through, an `at`; else undefined. */
  lastSample: number | undefined;
}

/**
 * [P4] What is expected after these failures, at least one, by what got through between them and since: too
 * little, and it is not said that it is healed; where nobody tries any more, none will.
 *
 * Where only some of what got through was told, but all that failed, numbers say too little of how often it
 * failed. Then it is time that tells: nothing may have failed for so many pauses that chance does not explain
 * it, while some got through all the same.
 */
export function prospectOf(
  failures: Failures,
  { between, since, lastSample }: GotThrough,
): Prospect {
  const { at, units } = failures;
  const [first, last] = [at.first!, at.last!];
  const mean = at.length > 1 ? (last - first) / (at.length - 1) : 0;
  const pause = lastSample === undefined ? mean : mean * -Math.log(CHANCE);
  const isTried = lastSample === undefined || lastSample >= last + pause;
  const isMended = isTried && since >= enough(units, between);
  const silence = isMended ? pause : Math.max(QUIET_NS, 3 * mean);
  return { until: last + Math.floor(silence), then: isMended ? "healed" : "ended" };
}

/** How many must get through, if so many failed and so many got through between them. */
export function enough(failed: number, passed: number): number {
  const share = failed / (failed + passed + 1);
  return Math.ceil(Math.log(CHANCE) / Math.log(1 - share));
}
