/**
 * How many probes speak in an incident, and so how seldom those with nothing to tell may. Few of them may
 * speak every second, and then what did not come to them is known at once. A thousand would only say
 * that nothing happened.
 */
import type { Clock } from "../clock.ts";

/** A probe that may be silent for longest speaks once in it. */
const WINDOW_MS = 12_000;
/** Bounds of what is remembered. */
const INCIDENTS_MAX = 1_000;
const PROBES_MAX = 20_000;

/** Silence that is asked for, by the number of probes: they speak about 70 times a second together. */
const QUIET_MS_PER_PROBE = 15;
const QUIET_MS_MIN = 1_000;
/** Longest silence that is ever asked for, ms. */
export const QUIET_MS_MAX = 10_000;

interface Heard {
  sinceMs: number;
  now: Set<string>;
  before: number;
}

/** Who spoke lately, by incident. */
export class Speakers {
  #incidents = new Map<string, Heard>();

  constructor(readonly clock: Clock) {}

  /** A probe spoke. */
  note(incident: string, probe: string): void {
    const { now } = this.#current(incident);
    if (now.size < PROBES_MAX) now.add(probe);
  }

  /** How long a probe of this incident with nothing to tell may be silent, ms; 0: it need not be. */
  quietMs(incident: string): number {
    const { now, before } = this.#current(incident);
    const wantedMs = Math.max(now.size, before) * QUIET_MS_PER_PROBE;
    return wantedMs <= QUIET_MS_MIN ? 0 : Math.min(wantedMs, QUIET_MS_MAX);
  }

  #current(incident: string): Heard {
    const nowMs = this.clock.monotonicMs();
    const known = this.#incidents.get(incident);
    if (known !== undefined && nowMs - known.sinceMs < WINDOW_MS) return known;
    const isLast = known !== undefined && nowMs - known.sinceMs < 2 * WINDOW_MS;
    const heard = { sinceMs: nowMs, now: new Set<string>(), before: isLast ? known.now.size : 0 };
    this.#incidents.delete(incident);
    this.#incidents.set(incident, heard);
    if (this.#incidents.size > INCIDENTS_MAX) {
      this.#incidents.delete(this.#incidents.keys().next().value!);
    }
    return heard;
  }
}
