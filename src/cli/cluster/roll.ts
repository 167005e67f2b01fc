/** Which of the probes that were started see, which ended, and what is said of each, once. */
import type { Report } from "../../event/report.ts";
import { plainWords } from "../../ingest/client/answer.ts";
import { sightOf } from "../serving/ticks.ts";
import type { Place, ProbeEnd } from "./fleet.ts";

/** A probe that has not reported for so long is told of. Milliseconds. */
const SILENT_MS = 30_000;

type State = "starting" | "silent" | "sees" | "released" | "ended";

/** The probes of one trace. */
export class Roll {
  #states = new Map<string, State>();
  #failed = new Set<string>();
  /** Those that were released once: what the report has of them may be of before. */
  #released = new Set<string>();

  constructor(places: readonly Place[]) {
    for (const { name } of places) this.#states.set(name, "starting");
  }

  /** Lines for what a report says that is new. `tookMs`: since the probes were started. */
  reported(report: Report, tookMs: number): string[] {
    const lines: string[] = [];
    for (const [name, state] of this.#states) {
      if (state === "sees" || state === "released" || state === "ended") continue;
      const node = report.nodes.find((one) =>
        one.name === name && one.scripts.length > 0 &&
        !(this.#released.has(name) && one.endedAt !== undefined)
      );
      if (node !== undefined) {
        this.#states.set(name, "sees");
        lines.push(`✓ ${plainWords(name)} ${sightOf(node)}`);
      } else if (state === "starting" && tookMs > SILENT_MS) {
        this.#states.set(name, "silent");
        lines.push(`! ${plainWords(name)} has not reported after ${SILENT_MS / 1000} s, waiting…`);
      }
    }
    return lines;
  }

  /** A probe ended while it should go on; the line for it. */
  ended({ name }: Place, { said }: ProbeEnd): string {
    const before = this.#states.get(name);
    this.#states.set(name, "ended");
    this.#failed.add(name);
    const why = said === "" ? "" : `: ${plainWords(said)}`;
    return before === "sees"
      ? `! ${plainWords(name)} sees no more${why}`
      : `✗ ${plainWords(name)} does not see${why}`;
  }

  /** It is asked to end before the others. */
  release(name: string): void {
    this.#states.set(name, "released");
    this.#released.add(name);
  }

  /** It is started again. */
  again(name: string): void {
    this.#states.set(name, "starting");
  }

  sees(name: string): boolean {
    return this.#states.get(name) === "sees";
  }

  /** It was released, be it that it was started again. */
  wasReleased({ name }: Place): boolean {
    return this.#released.has(name);
  }

  /** Nobody is waited for any more. */
  get isSettled(): boolean {
    return [...this.#states.values()].every((state) =>
      state === "sees" || state === "released" || state === "ended"
    );
  }

  /** Probes that saw, be it that they ended. */
  get seeing(): number {
    return [...this.#states.values()].filter((state) => state === "sees" || state === "released")
      .length;
  }

  /** Names of those whose part is missing, whole or in the end. */
  get missing(): string[] {
    return [...this.#states.keys()].filter((name) =>
      this.#failed.has(name) || !["sees", "released"].includes(this.#states.get(name)!)
    );
  }
}
