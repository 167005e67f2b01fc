/** What bpftrace prints of how many lines its scripts have told: of each processor, or of all. */

/** Of each processor where each has a buffer of its own. */
const EMITTED = /^@emitted(?:\[(\d+)\])?: (\d+)$/;

/** Adds up the counts of one bpftrace. */
export class Emitted {
  readonly #by = new Map<number, number>();
  #isPrinting = false;

  /** Takes one more line; returns whether it is one of the counts. */
  take(line: string): boolean {
    const said = line.startsWith("@") ? EMITTED.exec(line) : null;
    if (said === null) return false;
    this.#by.set(Number(said[1] ?? 0), Number(said[2]));
    this.#isPrinting = true;
    return true;
  }

  /** A line of another kind came: all lines together, where a print of the counts has ended. */
  printed(): number | undefined {
    if (!this.#isPrinting) return undefined;
    this.#isPrinting = false;
    return this.all;
  }

  /** Lines of all processors, as far as they were printed. */
  get all(): number {
    return this.#by.values().reduce((sum, count) => sum + count, 0);
  }
}
