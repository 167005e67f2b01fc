/**
 * How far the lines of each processor were read. bpftrace 0.17 has a buffer for each, and reads one until
 * it is empty before it reads the next: while one is filled as fast as it is read, the others wait, for
 * seconds on a busy machine, and are thrown away when it ends. So each processor beats (`ready.bt`), and a
 * beat that was read says that all was read that this processor told before it.
 */

/** So far behind the others a processor is looked for: one that was taken away beats no more, ns. */
const BEHIND_NS = 2_000_000_000n;

/** The beats of one bpftrace. One with a single buffer for all processors (0.18 and later) has none. */
export class Progress {
  readonly #beats = new Map<number, bigint>();
  /** Processors that have to beat: those that ran at the first beat, as long as they run. */
  #expected: ReadonlySet<number> = new Set();
  #lookedNs = 0n;

  /** `online`: numbers of the processors that run; none where that can't be read. */
  constructor(readonly online: () => readonly number[]) {}

  /** A beat of a processor at `timeNs` of CLOCK_MONOTONIC. */
  beat(cpu: number, timeNs: bigint): void {
    if (this.#beats.size === 0) this.#expected = new Set(this.online());
    this.#beats.set(cpu, timeNs);
    const least = this.wholeNs ?? 0n;
    if (timeNs - least > BEHIND_NS && timeNs - this.#lookedNs > BEHIND_NS) this.#look(timeNs);
  }

  /**
   * All that some processors told up to `timeNs` was read, though they may not have beaten since. An idle
   * processor beats late or never on some virtual machines (6.18 as a guest of kvm_pvm).
   */
  caughtUp(timeNs: bigint, isCaughtUp: (cpu: number) => boolean): void {
    if (this.#beats.size === 0) return;
    for (const cpu of this.#expected.union(this.#beats)) {
      if (isCaughtUp(cpu) && (this.#beats.get(cpu) ?? 0n) < timeNs) this.#beats.set(cpu, timeNs);
    }
  }

  /** What happened before it was read, of all processors; undefined where none beats. */
  get wholeNs(): bigint | undefined {
    if (this.#beats.size === 0) return undefined;
    let least: bigint | undefined;
    for (const timeNs of this.#beats.values()) {
      if (least === undefined || timeNs < least) least = timeNs;
    }
    for (const cpu of this.#expected) if (!this.#beats.has(cpu)) return 0n;
    return least;
  }

  /** Forgets processors that do not run any more. One that was added since it was attached never beats. */
  #look(timeNs: bigint): void {
    this.#lookedNs = timeNs;
    const online = new Set(this.online());
    if (online.size === 0) return;
    this.#expected = this.#expected.intersection(online);
    for (const cpu of this.#beats.keys()) if (!online.has(cpu)) this.#beats.delete(cpu);
  }
}
