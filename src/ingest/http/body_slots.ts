/** How many bodies are read, or sent, at once: each of them takes memory. */
import { Problem } from "./problem.ts";

/** Waiting for a slot. A body that waits is not read: it costs little. */
export interface SlotWait {
  /** How long one may wait. */
  waitMs: number;
  /** How many bodies may. */
  waitingMax: number;
}

/** How often one that waits looks by itself: who was to wake it may be gone. */
const LOOK_MS = 250;

const NO_WAIT: SlotWait = { waitMs: 0, waitingMax: 0 };

/** Slots for bodies that are being read or sent: in all, and of one token, so that others find some. */
export class BodySlots {
  /** Bodies under way, by token id. */
  #ofToken = new Map<string, number>();
  #inFlight = 0;
  /** Called when a slot is free, in the order in which they came. */
  #waiting = new Set<() => void>();

  constructor(
    readonly inFlightMax: number,
    readonly perTokenMax: number,
    readonly verb: "read" | "sent" = "read",
    readonly wait: SlotWait = NO_WAIT,
  ) {}

  /** Runs `read` in a slot. Rejects with Problem `busy` when none becomes free in time. */
  async hold<T>(token: string, read: () => Promise<T>): Promise<T> {
    if (!this.#isFree(token)) await this.#untilFree(token);
    this.#inFlight += 1;
    this.#ofToken.set(token, this.#own(token) + 1);
    try {
      return await read();
    } finally {
      this.#inFlight -= 1;
      const left = this.#own(token) - 1;
      if (left === 0) this.#ofToken.delete(token);
      else this.#ofToken.set(token, left);
      for (const wake of this.#waiting) {
        wake();
        break;
      }
    }
  }

  #own(token: string): number {
    return this.#ofToken.get(token) ?? 0;
  }

  #isFree(token: string): boolean {
    return this.#inFlight < this.inFlightMax && this.#own(token) < this.perTokenMax;
  }

  async #untilFree(token: string): Promise<void> {
    const { waitMs, waitingMax } = this.wait;
    if (this.#waiting.size >= waitingMax) throw this.#busy(token);
    const endMs = performance.now() + waitMs;
    do {
      const leftMs = endMs - performance.now();
      if (leftMs <= 0) throw this.#busy(token);
      await this.#woken(Math.min(leftMs, LOOK_MS));
    } while (!this.#isFree(token));
  }

  #woken(withinMs: number): Promise<void> {
    return new Promise((resolve) => {
      const wake = () => {
        clearTimeout(timer);
        this.#waiting.delete(wake);
        resolve();
      };
      const timer = setTimeout(wake, withinMs);
      this.#waiting.add(wake);
    });
  }

  #busy(token: string): Problem {
    const verb = this.verb === "read" ? "read" : "send";
    const detail = `Cannot ${verb} body: ${this.#inFlight} are being ${this.verb}, ` +
      `${this.#own(token)} of this token, ` +
      `must be at most ${this.inFlightMax} and ${this.perTokenMax}; wait 1 s`;
    return new Problem(503, "busy", detail, { headers: { "retry-after": "1" } });
  }
}
