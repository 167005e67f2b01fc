/**
 * Counts the lines that the kernel emitted and that never arrived.
 *
 * bpftrace tells of losses itself, but late or never: 0.17 with the next line of the same
 * processor, 0.24 and later not for the last processor. So the scripts count what they emit. From
 * 0.23 on each tick brings the count along, and the difference to what arrived is exact. 0.17
 * prints the count as a map, which it reads while lines that are counted are still on their way:
 * there the difference is taken only in a pause, and at the end.
 */

/**
 * How late a tick may arrive and still count as soon. Less than the interval of ticks: between two
 * ticks that came soon, bpftrace had nothing to read from the processor that ticks, and since it
 * reads one processor after the other, it has read all others too.
 */
const LAG_MAX_MS = 80;

/**
 * A tick that undercuts all before it by more shows that those came late: what piled up while bpftrace
 * attached is read at once, each tick of it sooner than the last one.
 */
const FALL_MAX_MS = 20;

/** After so many ticks in a row that came soon, no line is on its way any more. */
const SOON_TICKS = 4;

/** Compares what was emitted with what was received; `onLost` hears of each loss once. */
export class LossMeter {
  #received = 0;
  #reported = 0;
  #told = 0;
  #emitted = -1;
  /** Milliseconds: this process's clock minus the kernel's, at the tick that was read soonest. */
  #soonestMs = Infinity;
  #soonTicks = 0;

  /** `isTimed`: they were lost after what was read as whole before; else nobody knows when. */
  constructor(readonly onLost: (count: number, isTimed: boolean) => void) {}

  /** A line that counts as emitted. */
  received(): void {
    this.#received += 1;
  }

  /** bpftrace says that it lost `count` lines more. */
  reported(count: number): void {
    this.#reported += count;
    this.#tell(this.#reported, true);
  }

  /**
   * A tick, printed at `kernelNs` of CLOCK_MONOTONIC and read at `nowMs` of this process's clock.
   * `emitted` counts lines from before the tick: those not received by now are lost.
   */
  tick(kernelNs: number, nowMs: number, emitted?: number): void {
    const aheadMs = nowMs - kernelNs / 1e6;
    const isFalling = aheadMs < this.#soonestMs - FALL_MAX_MS;
    this.#soonestMs = Math.min(this.#soonestMs, aheadMs);
    const isSoon = !isFalling && aheadMs - this.#soonestMs < LAG_MAX_MS;
    this.#soonTicks = isSoon ? this.#soonTicks + 1 : 0;
    if (emitted === undefined) return;
    this.#emitted = emitted;
    this.#settle(true);
  }

  /** The count as 0.17 prints it: read while it was printed, it may count lines that come later. */
  emitted(count: number): void {
    const paused = count === this.#emitted;
    this.#emitted = count;
    if (paused && this.#soonTicks >= SOON_TICKS) this.#settle(false);
  }

  /** Takes the last difference: bpftrace has ended, and no more lines come. */
  end(): void {
    this.#settle(false);
  }

  /**
   * bpftrace was ended before it had read all. `emitted` counts the lines of all its time; where nobody
   * knows that, one at least is lost.
   */
  unread(emitted: number | undefined): void {
    if (emitted === undefined) return this.#tell(this.#told + 1, true);
    this.#emitted = Math.max(this.#emitted, emitted);
    this.#settle(true);
  }

  #settle(isTimed: boolean): void {
    this.#tell(this.#emitted - this.#received, isTimed);
  }

  /** Our difference and bpftrace's count are of the same losses, so only the larger is reported. */
  #tell(total: number, isTimed: boolean): void {
    if (total <= this.#told) return;
    this.onLost(total - this.#told, isTimed);
    this.#told = total;
  }
}
