/** What bpftrace lost, in all and by time. */
import { MissedList } from "../run/missed_list.ts";

/** bpftraces with one buffer may tell of a loss only after what they read with it, ns. */
const LATE_NS = 1_000_000_000n;

/** Lines that were lost since the probe began. */
export class Losses {
  #count = 0;
  readonly #stretches = new MissedList();

  /** So many more, by `nowNs` of CLOCK_MONOTONIC and since `wholeNs`; absent: nobody knows when. */
  add(count: number, when?: { wholeNs: bigint; nowNs: bigint | undefined }): void {
    this.#count += count;
    if (when?.nowNs === undefined) return;
    const fromNs = when.wholeNs > LATE_NS ? when.wholeNs - LATE_NS : 0n;
    this.#stretches.add({ fromNs, toNs: when.nowNs, count });
  }

  get count(): number {
    return this.#count;
  }

  /** Stretches in which so many of them were lost, in the order of time. */
  told() {
    return this.#stretches.told().map(({ fromNs, toNs, count }) => ({ fromNs, toNs, count }));
  }
}
