/** Whether a loss that only counts know still is, at one place. Rule P4. */
import type { ProblemState } from "../../event/report.ts";
import { wallMsAt } from "../view/time_of_day.ts";
import type { Change } from "./course.ts";
import { enough, type Healing, type Prospect, QUIET_NS } from "./healing.ts";
import type { CountedLoss } from "./counted_loss.ts";
import type { Place } from "./place.ts";
import type { Trouble } from "./trouble.ts";

/** What is expected of one flow, and since when all of it came through. */
interface Expected extends Prospect {
  /** Packets that came through since, and the `at` before the first of them. */
  since: number;
  wholeAt: number;
}

/**
 * [P4] Packets stand for what fails and gets through. They are counted by epochs, so healed is a flow of
 * which so many came through, in epochs that began after those of which some were lost, that chance does
 * not explain it.
 */
export class CountedCourse {
  readonly #troubles = new Set<Trouble>();
  #told: ProblemState = "active";

  constructor(readonly place: Place) {}

  /** Takes what is other; what gets through of other flows says nothing here. */
  change({ gone, come }: Change<Trouble>): void {
    for (const trouble of gone) this.#troubles.delete(trouble);
    for (const trouble of come) this.#troubles.add(trouble);
  }

  /** Whether the state that was told last is another by now. */
  isOver(): boolean {
    return this.#look().state !== this.#told;
  }

  /** What is known of its end now; it has troubles. */
  tell(): Healing {
    const { place } = this;
    const { state, healed, first, last, since } = this.#look();
    this.#told = state;
    return {
      state,
      courses: [{ place, first, last, ...(healed === undefined ? {} : { healed }) }],
      ...(healed === undefined ? {} : { healedMs: wallMsAt(place.node, healed) }),
      deliveredSince: since,
    };
  }

  #look() {
    const all = [...this.#troubles];
    const expected = all.map(expectedOf);
    const most = (numbers: readonly number[]) =>
      numbers.reduce((a, b) => Math.max(a, b), -Infinity);
    const least = (numbers: readonly number[]) =>
      numbers.reduce((a, b) => Math.min(a, b), Infinity);
    const until = most(expected.map(({ until }) => until));
    const mended = expected.filter(({ then }) => then === "healed");
    const isHealed = mended.length > 0;
    const state: ProblemState = this.place.node.untilAt <= until
      ? "active"
      : isHealed
      ? "healed"
      : "ended";
    return {
      state,
      healed: state === "healed" ? most(mended.map(({ wholeAt }) => wholeAt)) : undefined,
      first: least(all.map(({ failedAt }) => failedAt[0]!)),
      last: most(all.map(({ failedAt }) => failedAt.at(-1)!)),
      since: expected.reduce((sum, { since }) => sum + since, 0),
    };
  }
}

function expectedOf({ failedAt, counted }: Trouble): Expected {
  const { lost, came } = counted as CountedLoss;
  const [first, last] = [failedAt[0]!, failedAt.at(-1)!];
  let [since, between, wholeAt] = [0, 0, Infinity];
  for (const { at, packets } of came) {
    if (at < last) between += packets;
    else [since, wholeAt] = [since + packets, Math.min(wholeAt, at)];
  }
  const pause = lost > 1 ? (last - first) / (lost - 1) : 0;
  const isMended = since > 0 && since >= enough(lost, between);
  // Up to its last moment what was lost is known only to be lost by then.
  const silence = isMended ? pause : Math.max(QUIET_NS, 3 * pause);
  const until = last + Math.floor(silence);
  return { until, then: isMended ? "healed" : "ended", since, wholeAt };
}
