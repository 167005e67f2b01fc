/** Losses as probes tell them by time: those of every second node, by when its clock began. */
import type { BatchHeader } from "../../src/event/batch.ts";

type Told = NonNullable<BatchHeader["losses"]>;

/** What one run of a probe lost, and when. */
export class TimedLosses {
  readonly #told: Told = [];
  #times: number[] = [];

  /** `monotonicNs`: CLOCK_MONOTONIC at simulated time zero. */
  constructor(readonly monotonicNs: bigint) {}

  /** An event of this simulated time was lost, and the next batch that counts it tells of it. */
  lose(at: number): void {
    this.#times.push(at);
  }

  /** What a batch tells that ends at `until` and counts all but the last `untold` of them. */
  told(until: number, untold: number): { losses?: Told } {
    const counted = this.#times.splice(0, this.#times.length - untold);
    if (counted.length > 0) {
      this.#told.push({
        fromNs: this.#text(Math.min(...counted)),
        toNs: this.#text(Math.max(until, ...counted)),
        count: counted.length,
      });
    }
    const isTold = this.monotonicNs % 2n === 1n && this.#told.length > 0;
    return isTold ? { losses: [...this.#told] } : {};
  }

  #text(at: number): string {
    return String(this.monotonicNs + BigInt(Math.max(0, Math.round(at))));
  }
}
