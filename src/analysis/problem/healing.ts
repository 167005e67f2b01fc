/** Whether a problem still is: by what failed last at its place, and what got through there since. Rule P4. */
import type { ProblemState } from "../../event/report.ts";
import { wallMsAt } from "../view/time_of_day.ts";
import type { Others, Pass } from "./passing.ts";
import type { Place, Trouble } from "./trouble.ts";

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
const QUIET_NS = 10e9;
/** The chance that as many get through one after the other while some still fail. */
const CHANCE = 0.01;

/** A failure at the place, by whom. */
interface Failure {
  client: string;
  flow: string;
  at: number;
}

/** A pass that was seen at the place. */
type Seen = Pass & { at: number };

/**
 * [P4] Healed is only what failed, and gets through now: who never failed there says nothing of it.
 * Where something of the kind got through between the failures as well, the fault picks: by client, by
 * port, or by chance. Then each client that failed is looked at alone, and so many must get through one
 * after the other that chance does not explain it.
 */
export function healingOf(
  troubles: readonly Trouble[],
  { passes, undecided }: Others,
): Healing {
  const { place } = troubles[0]!;
  const { node } = place;
  const failures = failuresOf(troubles);
  const [first, last] = [failures[0]!.at, failures.at(-1)!.at];
  const byClient = Map.groupBy(failures, ({ client }) => client);
  const seen = passes.filter((pass): pass is Seen => pass.at !== null);
  const own = seen.filter(({ client }) => byClient.has(client));
  const openAt = undecided.reduce((a, b) => Math.max(a, b), last);
  const isTotal = !seen.some(({ at }) => at > first && at < last);
  const passesOf = Map.groupBy(own, ({ client }) => client);
  const states = isTotal
    ? [stateOf(failures, own, openAt, node.untilAt)]
    : [...byClient].map(([client, some]) =>
      stateOf(some, passesOf.get(client) ?? [], openAt, node.untilAt)
    );
  const since = own.filter(({ at }) => at > last).map(({ at }) => at);
  const state = states.includes("active")
    ? "active"
    : states.includes("healed") && since.length > 0
    ? "healed"
    : "ended";
  const before = seen.filter(({ at }) => at < first).map(({ at }) => at);
  const course: Course = { place, first, last };
  if (before.length > 0) course.passedBefore = before.reduce((a, b) => Math.max(a, b));
  if (state === "healed") course.healed = since.reduce((a, b) => Math.min(a, b));
  return {
    state,
    courses: [course],
    ...(course.healed === undefined ? {} : { healedMs: wallMsAt(node, course.healed) }),
    deliveredSince: since.length,
  };
}

const failuresOf = (troubles: readonly Trouble[]): Failure[] =>
  troubles.flatMap(({ client, flow, failedAt }) => failedAt.map((at) => ({ client, flow, at })))
    .sort((a, b) => a.at - b.at);

/**
 * Of one kind: its failures in the order of time, at least one, and what got through. What came before
 * `openAt` does not count: until then something may have failed that was not seen.
 */
function stateOf(
  failures: readonly Failure[],
  passes: readonly Seen[],
  openAt: number,
  now: number,
): ProblemState {
  const [first, last] = [failures[0]!.at, failures.at(-1)!.at];
  const pause = failures.length > 1 ? (last - first) / (failures.length - 1) : 0;
  const isQuiet = now - last > Math.max(QUIET_NS, 3 * pause);
  const between = passes.filter(({ at }) => at > first && at < last).length;
  const since = passes.filter(({ at }) => at > Math.max(last, openAt)).length;
  const isProven = since >= enough(unitsOf(failures), between) && now - last > pause;
  // Too few got through to say so; where nobody tries any more, none will.
  return isProven ? "healed" : isQuiet ? "ended" : "active";
}

/** Flows that failed; of one flow its packets. */
function unitsOf(failures: readonly Failure[]): number {
  const flows = new Set(failures.map(({ flow }) => flow));
  return flows.size > 1 ? flows.size : failures.length;
}

/** How many must get through, if so many failed and so many got through between them. */
function enough(failed: number, passed: number): number {
  const share = failed / (failed + passed + 1);
  return Math.ceil(Math.log(CHANCE) / Math.log(1 - share));
}
