/** A token bucket per key. Beyond `KEYS_MAX` the key unused for longest is forgotten: it is full again. */
import type { Clock } from "../clock.ts";

const KEYS_MAX = 10_000;
/** Least that counts as one token: ten times 0.1 is a little less than 1 in floating point. */
const WHOLE = 1 - 1e-9;

/** One bucket for each key: `perSecond` tokens come in a second, `burst` fit in. */
export class RateLimit {
  #buckets = new Map<string, { tokens: number; atMs: number }>();

  constructor(
    readonly perSecond: number,
    readonly burst: number,
    readonly clock: Clock,
  ) {}

  get keys(): number {
    return this.#buckets.size;
  }

  /**
   * Takes as many tokens as are asked for, where there is at least one: what is more is owed. 0 when
   * there was one, else how many seconds until there is.
   */
  take(key: string, amount = 1): number {
    const nowMs = this.clock.monotonicMs();
    const known = this.#buckets.get(key);
    const elapsedMs = known === undefined ? 0 : nowMs - known.atMs;
    const tokens = known === undefined
      ? this.burst
      : Math.min(this.burst, known.tokens + elapsedMs * this.perSecond / 1000);
    this.#buckets.delete(key);
    this.#buckets.set(key, { tokens: tokens < WHOLE ? tokens : tokens - amount, atMs: nowMs });
    if (this.#buckets.size > KEYS_MAX) {
      this.#buckets.delete(this.#buckets.keys().next().value!);
    }
    return tokens < WHOLE ? Math.max(1, Math.ceil((1 - tokens) / this.perSecond)) : 0;
  }
}
