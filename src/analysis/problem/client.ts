/** One client of a problem at one place: what failed of it, and what got through. */
import { changeInOrder, Numbers } from "../view/ordered.ts";
import { Failures, type Prospect, prospectOf } from "./healing.ts";
import type { Pass } from "./passing.ts";

/** A pass that was seen at the place. */
export type Seen = Pass & { at: number };

/** By time, then by client: of two that are alike in both either counts. */
export const inTime = (a: Seen, b: Seen): number =>
  a.at - b.at || (a.client < b.client ? -1 : a.client > b.client ? 1 : 0);

/** When the last of these got through, where only some like it were told; undefined: all were. */
export const lastSampleOf = (passes: readonly Seen[]): number | undefined =>
  passes.at(-1)?.isSample ? passes.at(-1)!.at : undefined;

/** There are as many clients as flows, and nothing gets through of most that fail: nobody changes it. */
const NONE: never[] = [];

/** What failed of a client, and what got through. */
export class Client {
  readonly failures = new Failures();
  /** In the order of time. */
  passes: Seen[] = NONE;
  readonly #at = new Numbers();
  /** As it was found last; null while nothing failed of it. */
  prospect: Prospect | null = null;

  /** Takes passes out, and others in. */
  pass(gone: readonly Seen[], come: readonly Seen[]): void {
    this.passes = changeInOrder(this.passes, inTime, gone, come);
    this.#at.change(gone.map(({ at }) => at), come.map(({ at }) => at));
  }

  get isNone(): boolean {
    return this.failures.isNone && this.passes.length === 0;
  }

  /** What is expected now. What came up to `openAt` does not count as got through since. */
  look(openAt: number): Prospect | null {
    if (this.failures.isNone) return null;
    const { at } = this.failures;
    const between = Math.max(0, this.#at.below(at.last!) - this.#at.upTo(at.first!));
    const since = this.#at.length - this.#at.upTo(openAt);
    return prospectOf(this.failures, { between, since, lastSample: lastSampleOf(this.passes) });
  }
}
