/**
 * The embedded ingest of a recorder holds the last minutes, not days: after some time what comes goes
 * into a new incident, which begins a little before, and the one before the last is deleted.
 */
import type { IngestClient } from "../../ingest/client/client.ts";
import type { ProbeBatch } from "../../probe/ship/batcher.ts";
import { Delivery } from "../capture/delivery.ts";
import type { Series } from "./series.ts";
import type { RecordWindow } from "./window.ts";

/** So much of the time before is in a new incident, too: what is on its way is judged in one of both. */
const OVERLAP_MS = 30_000;

/** Where incidents go, and what they are made of. */
export interface TurnsOptions {
  client: IngestClient;
  window: RecordWindow;
  filter: string;
  /** A new name. */
  name(): string;
  nowMs(): number;
}

interface Turn {
  incident: string;
  delivery: Delivery;
  series: Series;
}

/** One incident at a time, and the one before it. */
export class Turns {
  #current: Turn | undefined;
  #previous: string | undefined;

  constructor(readonly options: TurnsOptions) {}

  /** The incident that is open. Throws TypeError before the first `turn`. */
  get incident(): string {
    if (this.#current === undefined) throw new TypeError("No incident, must turn first");
    return this.#current.incident;
  }

  /** One more batch, which is in the window already. */
  push(batch: ProbeBatch): void {
    if (this.#current === undefined) return;
    this.#current.delivery.push(this.#current.series.told(batch));
  }

  /** Resolves when all that was pushed is in the ingest. */
  async drain(): Promise<void> {
    await this.#current?.delivery.drain();
  }

  /** Begins a new incident. Throws what the ingest refuses. */
  async turn(): Promise<void> {
    const { client, window, filter, name, nowMs } = this.options;
    const incident = name();
    await client.createIncident({ id: incident, title: "recorder", filter });
    const delivery = new Delivery(client, incident);
    // From here to the end nothing waits: no batch comes between.
    const { batches, series } = window.since(nowMs() - OVERLAP_MS, incident);
    for (const batch of batches) delivery.push(batch);
    const before = this.#current;
    this.#current = { incident, delivery, series };
    const old = this.#previous;
    this.#previous = before?.incident;
    if (before !== undefined) {
      await before.delivery.drain();
      await client.closeIncident(before.incident, {});
    }
    if (old !== undefined) await client.deleteIncident(old);
  }
}
