/**
 * Counts the lines that the kernel emitted and that never arrived.
 *
 * bpftrace tells of losses itself, but late or never: 0.17 with the next line of the same processor,
 * 0.24 and later not for the last processor. So the scripts count what they emit. With each tick
 * that brings the count along, the difference to what arrived is exact. 0.17 can only read the count
 * while it prints it, when more may be on their way: there the difference holds in a pause, and at
 * the end.
 */

/**
 * Less than a tick's interval: between two ticks that came sooner, bpftrace had nothing to read from
 * the processor that ticks, and so has read all others.
 */
const LAG_MAX_MS = 80;

/** Ticks in a row that came soon, before nothing is thought to be on its way. */
const SOON_TICKS = 4;

export class LossMeter {
  #received = 0;
  #reported = 0;
  #told = 0;
  #emitted = -1;
  /** Our clock less the kernel's, at the tick that came soonest. */
  #soonestMs = Infinity;
  #soonTicks = 0;

  constructor(readonly onLost: (count: number) => void) {}

  /** A line that counts as emitted. */
  received(): void {
    this.#received += 1;
  }

  /** What bpftrace says it lost. */
  reported(count: number): void {
    this.#reported += count;
    this.#tell(this.#reported);
  }

  /** `emitted`: before this tick and so received before it, or lost. */
  tick(kernelNs: number, nowMs: number, emitted?: number): void {
    const aheadMs = nowMs - kernelNs / 1e6;
    this.#soonestMs = Math.min(this.#soonestMs, aheadMs);
    this.#soonTicks = aheadMs - this.#soonestMs < LAG_MAX_MS ? this.#soonTicks + 1 : 0;
    if (emitted === undefined) return;
    this.#emitted = emitted;
    this.#settle();
  }

  /** Read while it was printed: it may count lines that come after it. */
  emitted(count: number): void {
    const paused = count === this.#emitted;
    this.#emitted = count;
    if (paused && this.#soonTicks >= SOON_TICKS) this.#settle();
  }

  /** Nothing more will come. */
  end(): void {
    this.#settle();
  }

  #settle(): void {
    this.#tell(this.#emitted - this.#received);
  }

  /** Both count the same losses: the larger count knows more of them. */
  #tell(total: number): void {
    if (total <= this.#told) return;
    this.onLost(total - this.#told);
    this.#told = total;
  }
}
