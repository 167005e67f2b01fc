/**
 * Counts the lines that the kernel emitted and that never arrived.
 *
 * bpftrace tells of losses itself, but late or never: 0.17 with the next line of the same processor,
 * 0.24 and later not for the last processor. The scripts count what they emit, so that the
 * difference is exact whenever nothing is on its way: in a pause, and at the end.
 */

/** A tick that comes later than this says that more lines are on their way. */
const LAG_MAX_MS = 500;

export class LossMeter {
  #received = 0;
  #reported = 0;
  #told = 0;
  #emitted = -1;
  /** Our clock less the kernel's at the tick that came soonest, and at the last one. */
  #soonestMs = Infinity;
  #lastMs = Infinity;

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

  tick(kernelNs: number, nowMs: number): void {
    this.#lastMs = nowMs - kernelNs / 1e6;
    this.#soonestMs = Math.min(this.#soonestMs, this.#lastMs);
  }

  /** Read while it is printed: it may count lines that come after it. */
  emitted(count: number): void {
    const paused = count === this.#emitted;
    this.#emitted = count;
    if (paused && this.#lastMs - this.#soonestMs < LAG_MAX_MS) this.#settle();
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
