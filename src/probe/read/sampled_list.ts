/** The stretches in which not all packets were told, as each batch tells them. Rule O22. */
import type { BatchHeader } from "../../event/batch.ts";
import { KeptHops } from "./kept_hops.ts";
import type { Ranks } from "./decode.ts";

type Told = NonNullable<BatchHeader["sampled"]>;

interface Stretch extends Ranks {
  fromNs: bigint;
  toNs: bigint;
}

/** As the contract of a batch has it. */
const STRETCHES_MAX = 64;

/** A program that began just before a tick may still use what was in force before it, ns. */
const OVERLAP_NS = 1_000_000n;

/** Bounded: of too many, two neighbours become one that tells no more than either did. */
export class SampledList {
  #all: Stretch[] = [];
  #any = false;
  readonly #kept = new KeptHops();
  #lastNs = 0n;
  #last: Ranks = { rank: 0, dropRank: 0 };

  constructor(readonly max = STRETCHES_MAX) {}

  /** Something was left out so far. */
  get any(): boolean {
    return this.#any;
  }

  /** What was in force from the tick before up to this one. */
  tick(timeNs: bigint, inForce: Ranks): void {
    this.#kept.tick(inForce.missing);
    const stretch = {
      fromNs: this.#lastNs > OVERLAP_NS ? this.#lastNs - OVERLAP_NS : 0n,
      toNs: timeNs + OVERLAP_NS,
      rank: Math.max(inForce.rank, this.#last.rank),
      dropRank: Math.max(inForce.dropRank, this.#last.dropRank),
    };
    this.#lastNs = timeNs;
    this.#last = inForce;
    if (stretch.rank + stretch.dropRank > 0) this.#add(stretch);
    this.#any ||= this.#all.length > 0;
  }

  /** The end: up to when events came, by what was in force last. */
  end(timeNs: bigint): void {
    this.tick(timeNs, this.#last);
  }

  /** What a recorder tells of itself; undefined where none ticks. */
  get recorder(): BatchHeader["recorder"] {
    return this.#kept.told();
  }

  /** What ended before this moment is of no more use to who is told. */
  forget(beforeNs: bigint): void {
    this.#all = this.#all.filter(({ toNs }) => toNs >= beforeNs);
  }

  /** In the order of time. */
  told(): Told {
    return this.#all.map(({ fromNs, toNs, ...ranks }) => ({
      fromNs: String(fromNs),
      toNs: String(toNs),
      ...ranks,
    }));
  }

  #add(stretch: Stretch): void {
    const before = this.#all.at(-1);
    const isSame = before !== undefined && before.toNs >= stretch.fromNs &&
      before.rank === stretch.rank && before.dropRank === stretch.dropRank;
    if (isSame) before.toNs = stretch.toNs;
    else this.#all.push(stretch);
    if (this.#all.length > this.max) this.#joinNearest();
  }

  /** Joins the two neighbours by whose joining the least is taken back that was told. */
  #joinNearest(): void {
    let least = Infinity;
    let at = 1;
    for (let i = 1; i < this.#all.length; i++) {
      const cost = costOf(this.#all[i - 1]!, this.#all[i]!);
      if (cost < least) [least, at] = [cost, i];
    }
    const [next] = this.#all.splice(at, 1);
    this.#all[at - 1] = joined(this.#all[at - 1]!, next!);
  }
}

const joined = (a: Stretch, b: Stretch): Stretch => ({
  fromNs: a.fromNs,
  toNs: b.toNs,
  rank: Math.max(a.rank, b.rank),
  dropRank: Math.max(a.dropRank, b.dropRank),
});

/** Seconds times steps that are claimed less when the two are one. */
function costOf(a: Stretch, b: Stretch): number {
  const both = joined(a, b);
  const steps = ({ rank, dropRank }: Ranks) => rank + dropRank;
  const seconds = (from: bigint, to: bigint) => Math.max(0, Number(to - from)) / 1e9;
  return seconds(a.fromNs, a.toNs) * (steps(both) - steps(a)) +
    seconds(b.fromNs, b.toNs) * (steps(both) - steps(b)) + seconds(a.toNs, b.fromNs) * steps(both);
}
