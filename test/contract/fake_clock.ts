/** A clock that moves only when told to. */
import type { Clock } from "../../src/ingest/clock.ts";

export class FakeClock implements Clock {
  #nowMs = 0;
  #timers = new Set<{ atMs: number; run: () => void }>();

  wallMs = () => 1_800_000_000_000 + this.#nowMs;
  monotonicMs = () => this.#nowMs;

  after(delayMs: number, run: () => void): () => void {
    const timer = { atMs: this.#nowMs + delayMs, run };
    this.#timers.add(timer);
    return () => this.#timers.delete(timer);
  }

  get pending(): number {
    return this.#timers.size;
  }

  /** Runs what falls due, in order, and lets everything that waits for promises go on. */
  async advance(byMs: number): Promise<void> {
    const endMs = this.#nowMs + byMs;
    await settle();
    for (;;) {
      const due = [...this.#timers].filter(({ atMs }) => atMs <= endMs)
        .sort((a, b) => a.atMs - b.atMs)[0];
      if (due === undefined) break;
      this.#nowMs = Math.max(this.#nowMs, due.atMs);
      this.#timers.delete(due);
      due.run();
      await settle();
    }
    this.#nowMs = endMs;
  }
}

/** Lets all that can go on without time passing go on. */
export async function settle(): Promise<void> {
  for (let i = 0; i < 100; i++) await Promise.resolve();
}
