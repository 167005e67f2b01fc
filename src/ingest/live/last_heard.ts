/**
 * When each node was heard last, by the clock of the ingest. A probe whose machine died, or that was killed,
 * tells nothing of it: that it does not speak any more is all that there is. Nothing is said of nodes
 * that were not heard since the ingest was started, and what comes later from a spool counts as heard.
 */
import type { SilentNode } from "../../analysis/mod.ts";
import type { BatchHeader } from "../../event/batch.ts";
import type { Clock } from "../clock.ts";
import { QUIET_MS_MAX } from "../intake/speakers.ts";

/** A node that may be silent for longest has missed some turns then, ms. */
export const SILENT_MS = 3 * QUIET_MS_MAX;

/** Bounds of what is remembered. */
const INCIDENTS_MAX = 1_000;
const NODES_MAX = 20_000;

interface Heard {
  atMs: number;
  wallMs: number;
  /** It said that it ends. */
  isEnded: boolean;
}

/** The nodes of all incidents. */
export class LastHeard {
  readonly #incidents = new Map<string, Map<string, Heard>>();

  constructor(readonly clock: Clock) {}

  /** A batch came. */
  note(incident: string, { node, final, teller }: Pick<BatchHeader, "node" | "final" | "teller">) {
    if (teller !== undefined) return;
    const nodes = this.#incidents.get(incident) ?? new Map<string, Heard>();
    this.#incidents.delete(incident);
    this.#incidents.set(incident, nodes);
    if (this.#incidents.size > INCIDENTS_MAX) {
      this.#incidents.delete(this.#incidents.keys().next().value!);
    }
    if (!nodes.has(node) && nodes.size >= NODES_MAX) return;
    const { clock } = this;
    nodes.set(node, { atMs: clock.monotonicMs(), wallMs: clock.wallMs(), isEnded: final });
  }

  forget(incident: string): void {
    this.#incidents.delete(incident);
  }

  /** Nodes that did not say that they end, and were not heard for long, in the order of their names. */
  silent(incident: string): SilentNode[] {
    const nowMs = this.clock.monotonicMs();
    const silent: SilentNode[] = [];
    for (const [node, { atMs, wallMs, isEnded }] of this.#incidents.get(incident) ?? []) {
      if (!isEnded && nowMs - atMs >= SILENT_MS) silent.push({ node, heardMs: wallMs });
    }
    return silent.sort((a, b) => a.node < b.node ? -1 : 1);
  }
}
