/**
 * Probes on nodes that do not matter end before the trace does: a node is released when the ends of the filter
 * are known and elsewhere, what was seen was seen whole, and nothing of it came by that node.
 */
import { setTimeout as pause } from "node:timers/promises";
import type { Report } from "../../event/report.ts";
import type { IngestClient } from "../../ingest/mod.ts";
import { plainWords } from "../../ingest/client/answer.ts";
import type { Place, ProbeThere } from "./fleet.ts";
import type { Roll } from "./roll.ts";
import { type Reason, StayingWords, whyAllStay, whyItStays } from "./staying.ts";

/** How often it is looked. Milliseconds. */
const LOOK_MS = 2_000;
/** So long it must be so, that a node does not matter. Milliseconds. */
const QUIET_MS = 10_000;

/** Who is looked after. */
export interface Releasing {
  incident: string;
  places: readonly Place[];
  /** Those that are there; what is released and started again is changed in it. */
  probes: ProbeThere[];
  roll: Roll;
  /** Nodes of the ends; null while they may be anywhere. */
  ends(): ReadonlySet<string> | null;
  start(place: Place): Promise<ProbeThere>;
  /** Follows a probe that was started again. */
  follow(probe: ProbeThere): void;
  progress(text: string): void;
  signal: AbortSignal;
  lookMs?: number;
  quietMs?: number;
  nowMs?: () => number;
}

/** Looks until the signal. Never rejects: an ingest that does not answer is asked again. */
export async function releaseOthers(client: IngestClient, releasing: Releasing): Promise<void> {
  const { incident, signal, lookMs = LOOK_MS } = releasing;
  const work = new Release(releasing);
  while (!signal.aborted && !work.isOver) {
    if (!work.mayChange) work.sayWhy(null);
    else {
      const report = await client.report(incident).catch(() => null);
      if (report !== null && !signal.aborted) await work.look(report);
    }
    await pause(lookMs, undefined, { signal }).catch(() => {});
  }
}

/** What was released of one trace. */
class Release {
  readonly #of: Releasing;
  readonly #released = new Set<string>();
  /** Since when each node does not matter. */
  readonly #quiet = new Map<string, number>();
  readonly #words = new StayingWords();
  /** What a probe would have told was missing once: all stay from then on. */
  #keepsAll = false;

  constructor(of: Releasing) {
    this.#of = of;
  }

  /** All stay. */
  get isOver(): boolean {
    return this.#keepsAll && this.#released.size === 0;
  }

  /** Somebody is released, or can be. */
  get mayChange(): boolean {
    if (this.#released.size > 0) return true;
    const ends = this.#of.ends();
    return ends !== null && this.#of.places.some(({ name }) => !ends.has(name));
  }

  async look(report: Report): Promise<void> {
    const { places, ends, quietMs = QUIET_MS } = this.#of;
    const now = ends();
    const open = whyAllStay(report);
    if (this.#released.size > 0 && open?.code === "open") this.#keepsAll = true;
    const reasons = this.sayWhy(report);
    for (const place of places) {
      const { name } = place;
      if (this.#released.has(name)) {
        const why = now?.has(name) ? "an end is there now" : "not all was seen whole since then";
        if (this.#keepsAll || now?.has(name)) await this.#again(place, why);
        continue;
      }
      if (this.#keepsAll || reasons.has(name)) this.#quiet.delete(name);
      else if (!this.#quiet.has(name)) this.#quiet.set(name, this.#nowMs);
      else if (this.#nowMs - this.#quiet.get(name)! >= quietMs) this.#release(name, quietMs);
    }
  }

  /** Why nodes that were not released stay; said, too. */
  sayWhy(report: Report | null): Map<string, Reason> {
    const { places, ends, roll, progress } = this.#of;
    const standing = { report, ends: ends(), sees: (name: string) => roll.sees(name) };
    const reasons = new Map<string, Reason>();
    for (const { name } of places) {
      const reason = this.#released.has(name) ? null : whyItStays(name, standing);
      if (reason) reasons.set(name, reason);
    }
    for (const line of this.#words.lines(reasons, this.#nowMs)) progress(line);
    return reasons;
  }

  get #nowMs(): number {
    return this.#of.nowMs?.() ?? performance.now();
  }

  #release(name: string, quietMs: number): void {
    const { probes, roll, progress } = this.#of;
    this.#quiet.delete(name);
    this.#released.add(name);
    roll.release(name);
    probes.find(({ place }) => place.name === name)?.end();
    progress(
      `– ${plainWords(name)} is released: no end is there, and nothing came by for ` +
        `${Math.round(quietMs / 1_000)} s in which all was seen whole`,
    );
  }

  /** Resolves when nothing is left of the probe that was there, or when the trace ends. */
  async #gone({ name }: Place): Promise<void> {
    const { probes, signal } = this.#of;
    const over = new Promise<void>((resolve) =>
      signal.aborted ? resolve() : signal.addEventListener("abort", () => resolve(), { once: true })
    );
    await Promise.race([probes.find(({ place }) => place.name === name)?.ended, over]);
    signal.throwIfAborted();
  }

  async #again(place: Place, why: string): Promise<void> {
    const { probes, roll, start, follow, progress } = this.#of;
    progress(`${plainWords(place.name)} is watched again: ${why}`);
    try {
      // Two of one name at once could not be told apart, nor the first one's last from the second's first.
      await this.#gone(place);
      const probe = await start(place);
      roll.again(place.name);
      probes.splice(probes.findIndex((one) => one.place.name === place.name), 1, probe);
      follow(probe);
      this.#released.delete(place.name);
    } catch (error) {
      // It stays released, and is tried again.
      if (this.#of.signal.aborted) return;
      progress(`! ${plainWords(place.name)}: ${plainWords(String(error))}`);
    }
  }
}
