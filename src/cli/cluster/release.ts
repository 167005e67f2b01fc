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
    if (work.mayChange) {
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
    const { places, ends, roll, quietMs = QUIET_MS, nowMs = () => performance.now() } = this.#of;
    const now = ends();
    const isKnown = isPathKnown(report);
    const isSettled = report.flows.some(({ outcome }) => outcome !== "in-flight");
    if (this.#released.size > 0 && isSettled && !isKnown) this.#keepsAll = true;
    for (const place of places) {
      const { name } = place;
      if (this.#released.has(name)) {
        const why = now?.has(name) ? "an end is there now" : "not all was seen whole since then";
        if (this.#keepsAll || now?.has(name)) await this.#again(place, why);
        continue;
      }
      const matters = this.#keepsAll || !isKnown || now === null || now.has(name) ||
        !roll.sees(name) || report.nodes.find((node) => node.name === name)?.events !== 0;
      if (matters) this.#quiet.delete(name);
      else if (!this.#quiet.has(name)) this.#quiet.set(name, nowMs());
      else if (nowMs() - this.#quiet.get(name)! >= quietMs) this.#release(name, quietMs);
    }
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

/**
 * Of each packet it is known where it went, and nothing was lost out of sight: a node that saw none of them
 * was on no way. What is on its way still says nothing yet.
 */
function isPathKnown({ flows, exchanges }: Report): boolean {
  const dropped = new Set(flows.filter(({ outcome }) => outcome === "dropped").map(({ id }) => id));
  const settled = flows.filter(({ outcome }) => outcome !== "in-flight");
  return settled.length > 0 &&
    settled.every(({ outcome }) => outcome === "delivered" || outcome === "dropped") &&
    exchanges.every(({ outcome, question }) =>
      WELL.has(outcome) || outcome === "in-flight" || dropped.has(question)
    );
}

const WELL: ReadonlySet<string> = new Set(["answered", "refused", "slow"]);
