/** How many bodies are read, or sent, at once: each of them takes memory. */
import { Problem } from "./problem.ts";

/** Waiting for a slot. A body that waits is not read: it costs little. */
export interface SlotWait {
  /** How long one may wait. */
  waitMs: number;
  /** How many bodies may. */
  waitingMax: number;
}

/**
 * How often one that waits looks, ms. By its own timer: on Workers a request can't be woken by another,
 * and who would wake it may have been cancelled.
 */
const LOOK_MS = 50;

/** After this part of its time one that waits comes before those that come only now. */
const PATIENCE = 0.25;

/** One that waits and has not looked for so long, ms, was cancelled: nothing of it runs any more. */
const LOST_MS = 10 * LOOK_MS;

const NO_WAIT: SlotWait = { waitMs: 0, waitingMax: 0 };

interface Held {
  token: string;
  /** By `performance.now()`. */
  sinceMs: number;
}

interface Waiting {
  token: string;
  /** By `performance.now()`: until when it waits, and when it looked last. */
  endMs: number;
  lookedMs: number;
}

/**
 * Slots for bodies that are being read or sent: in all, and of one token, so that others find some. Who
 * waits longer comes first.
 */
export class BodySlots {
  /** Bodies under way. */
  #held = new Set<Held>();
  /** Bodies that wait, who came first before others. */
  #waiting = new Set<Waiting>();

  constructor(
    readonly inFlightMax: number,
    readonly perTokenMax: number,
    readonly verb: "read" | "sent" = "read",
    readonly wait: SlotWait = NO_WAIT,
    /**
     * After so long, ms, a slot is another's. On Workers a request whose client left is cancelled, and
     * nothing of it runs any more, so that it would hold its slot for ever.
     */
    readonly heldMsMax = Infinity,
  ) {}

  /** Runs `read` in a slot. Rejects with Problem `busy` when none becomes free in time. */
  async hold<T>(token: string, read: () => Promise<T>): Promise<T> {
    if (!this.#isFree(token) || !this.#isNext(null)) await this.#untilFree(token);
    const held = { token, sinceMs: performance.now() };
    this.#held.add(held);
    try {
      return await read();
    } finally {
      this.#held.delete(held);
    }
  }

  #own(token: string): number {
    let own = 0;
    for (const held of this.#held) if (held.token === token) own += 1;
    return own;
  }

  #isFree(token: string): boolean {
    const beforeMs = performance.now() - this.heldMsMax;
    for (const held of this.#held) if (held.sinceMs < beforeMs) this.#held.delete(held);
    return this.#held.size < this.inFlightMax && this.#own(token) < this.perTokenMax;
  }

  /**
   * There are more free slots than bodies that waited longer and could have them. One that comes now
   * (null) need not let everybody go first, because a slot would be empty until somebody looks: only
   * those who have waited for a part of their time.
   */
  #isNext(mine: Waiting | null): boolean {
    const nowMs = performance.now();
    let free = this.inFlightMax - this.#held.size;
    /** How many more bodies each token may have. */
    const left = new Map<string, number>();
    for (const other of this.#waiting) {
      if (other === mine) break;
      if (other.lookedMs < nowMs - LOST_MS) continue;
      if (mine === null && other.endMs - nowMs > this.wait.waitMs * (1 - PATIENCE)) continue;
      const own = left.get(other.token) ?? this.perTokenMax - this.#own(other.token);
      if (own <= 0) continue;
      left.set(other.token, own - 1);
      free -= 1;
    }
    return free > 0;
  }

  async #untilFree(token: string): Promise<void> {
    const { waitMs, waitingMax } = this.wait;
    const nowMs = performance.now();
    for (const other of this.#waiting) if (other.endMs < nowMs) this.#waiting.delete(other);
    if (this.#waiting.size >= waitingMax) throw this.#busy(token);
    const waiting = { token, endMs: nowMs + waitMs, lookedMs: nowMs };
    this.#waiting.add(waiting);
    try {
      do {
        const leftMs = waiting.endMs - performance.now();
        if (leftMs <= 0) throw this.#busy(token);
        await new Promise((resolve) => setTimeout(resolve, Math.min(leftMs, LOOK_MS)));
        waiting.lookedMs = performance.now();
      } while (!this.#isFree(token) || !this.#isNext(waiting));
    } finally {
      this.#waiting.delete(waiting);
    }
  }

  #busy(token: string): Problem {
    const verb = this.verb === "read" ? "read" : "send";
    const detail = `Cannot ${verb} body: ${this.#held.size} are being ${this.verb}, ` +
      `${this.#own(token)} of this token, ` +
      `must be at most ${this.inFlightMax} and ${this.perTokenMax}; wait 1 s`;
    return new Problem(503, "busy", detail, { headers: { "retry-after": "1" } });
  }
}
