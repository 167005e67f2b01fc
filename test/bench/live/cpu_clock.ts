/** A clock of this process's own processor time: what others take of the machine is no time by it. */
import { cpuUsage } from "node:process";
import { setTimeout as pause } from "node:timers/promises";
import type { Clock } from "../../../src/ingest/clock.ts";

/** Of what was waited for nothing was done: this much is taken for it at once, ms. */
const IDLE_MS = 2;

function cpuMs(): number {
  const { user, system } = cpuUsage();
  return (user + system) / 1000;
}

/** Stands still while nothing is done, until `turn` finds nothing to do. */
export class CpuClock implements Clock {
  readonly #timers = new Set<{ atMs: number; run: () => void }>();
  #offMs = 0;

  monotonicMs(): number {
    return cpuMs() + this.#offMs;
  }

  wallMs(): number {
    return this.monotonicMs();
  }

  after(delayMs: number, run: () => void): () => void {
    const timer = { atMs: this.monotonicMs() + delayMs, run };
    this.#timers.add(timer);
    return () => this.#timers.delete(timer);
  }

  /** Does what others would do, on another processor or not at all: it takes no time. */
  async beside<T>(work: () => T | Promise<T>): Promise<T> {
    const from = cpuMs();
    const done = await work();
    this.#offMs -= cpuMs() - from;
    return done;
  }

  /** Runs what is due, and lets those who wait for it go on. */
  async turn(): Promise<void> {
    const due = [...this.#timers].filter(({ atMs }) => atMs <= this.monotonicMs());
    for (const timer of due) {
      this.#timers.delete(timer);
      timer.run();
    }
    await pause(0);
    if (due.length === 0) this.#offMs += IDLE_MS;
  }
}
