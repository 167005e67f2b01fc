/** Gives batches to the embedded ingest, in order, those that piled up in one request. */
import type { IngestClient } from "../../ingest/client/client.ts";
import type { ProbeBatch } from "../../probe/ship/batcher.ts";
import { WaitingBatches } from "../../probe/ship/waiting.ts";

/** Characters of one request's body at most; the ingest's own limit is larger. */
const BODY_CHARS_MAX = 8 * 1024 * 1024;

/** Characters that may wait: a flood comes faster than it can be kept. Ordinary events go first. */
const CHARS_MAX = 64 * 1024 * 1024;

/** Batches on their way into an ingest of this process. */
export class Delivery {
  /** Called with the node and the count of events that were thrown away. */
  onEvicted = (_node: string, _events: number): void => {};
  readonly #waiting = new WaitingBatches(
    CHARS_MAX,
    (node, events) => this.onEvicted(node, events),
  );
  #running: Promise<void> | undefined;
  #failure: unknown;

  constructor(readonly client: IngestClient, readonly incident: string) {}

  push(batch: ProbeBatch): void {
    this.#waiting.push(batch);
    this.#running ??= this.#run().finally(() => this.#running = undefined);
  }

  /** Resolves when all that was pushed is in the ingest; throws what the ingest refused. */
  async drain(): Promise<void> {
    while (this.#running !== undefined) await this.#running;
    if (this.#failure !== undefined) throw this.#failure;
  }

  async #run(): Promise<void> {
    // Events that come in the same moment go together.
    await Promise.resolve();
    while (this.#waiting.length > 0) {
      const body = this.#waiting.take(BODY_CHARS_MAX).join("");
      try {
        await this.client.postBatch(this.incident, body, { gzip: false });
      } catch (error) {
        this.#failure ??= error;
      }
    }
  }
}
