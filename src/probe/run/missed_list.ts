/** All stretches in which runs of a script were left out, as each batch tells them. */
import type { BatchHeader } from "../../event/batch.ts";
import type { Missed } from "./missed.ts";

/** As the contract of a batch has it. */
const STRETCHES_MAX = 64;

/** Bounded: of too many, the two that are nearest to each other become one. */
export class MissedList {
  #all: Missed[] = [];

  constructor(readonly max = STRETCHES_MAX) {}

  /** One more; each begins where the one before ended, or later. */
  add(missed: Missed): void {
    const last = this.#all.at(-1);
    // What is of the same scripts as what was just before is one; of others, it is told by itself.
    const isMore = last !== undefined && missed.fromNs <= last.toNs && sameScripts(last, missed);
    if (isMore) this.#join(this.#all.length - 1, missed);
    else this.#all.push(missed);
    if (this.#all.length <= this.max) return;
    const gaps = this.#all.slice(1).map(({ fromNs }, i) => Number(fromNs - this.#all[i]!.toNs));
    const nearest = gaps.indexOf(gaps.reduce((a, b) => Math.min(a, b)));
    const [next] = this.#all.splice(nearest + 1, 1);
    this.#join(nearest, next!);
  }

  /** Whether runs of these scripts may be among them. */
  isOf(names: readonly string[]): boolean {
    return this.#all.some(({ scripts }) =>
      scripts === undefined || names.some((name) => (scripts[name] ?? 0) > 0)
    );
  }

  /** What ended before this moment is of no more use to who is told. */
  forget(beforeNs: bigint): void {
    this.#all = this.#all.filter(({ toNs }) => toNs >= beforeNs);
  }

  /** In the order of time. */
  told(): NonNullable<BatchHeader["missed"]> {
    return this.#all.map(({ fromNs, toNs, count, scripts }) => ({
      fromNs: String(fromNs),
      toNs: String(toNs),
      count,
      ...(scripts === undefined ? {} : { scripts }),
    }));
  }

  #join(at: number, { toNs, count, scripts }: Missed): void {
    const one = this.#all[at]!;
    this.#all[at] = {
      ...{ fromNs: one.fromNs, toNs, count: one.count + count },
      scripts: one.scripts && scripts && added(one.scripts, scripts),
    };
  }
}

type Scripts = NonNullable<Missed["scripts"]>;

function added(a: Scripts, b: Scripts): Scripts {
  const all = { ...a };
  for (const [name, count] of Object.entries(b)) all[name] = (all[name] ?? 0) + count;
  return all;
}

const sameScripts = (a: Missed, b: Missed): boolean => namesOf(a) === namesOf(b);

const namesOf = ({ scripts }: Missed) => scripts && Object.keys(scripts).sort().join(" ");
