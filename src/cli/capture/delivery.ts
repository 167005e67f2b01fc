/** Gives batches to the embedded ingest, in order, those that piled up in one request. */
import type { ProbeBatch } from "../../probe/batcher.ts";
import type { IngestClient } from "../../ingest/client.ts";

/** One request's body at most; the ingest's own limit is larger. */
const CHARS_MAX = 8 * 1024 * 1024;

export class Delivery {
  #waiting: string[] = [];
  #running: Promise<void> | undefined;
  #failure: unknown;

  constructor(readonly client: IngestClient, readonly incident: string) {}

  push({ header, lines }: ProbeBatch): void {
    this.#waiting.push([JSON.stringify(header), ...lines, ""].join("\n"));
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
      let count = 1;
      let chars = this.#waiting[0]!.length;
      while (count < this.#waiting.length && chars + this.#waiting[count]!.length <= CHARS_MAX) {
        chars += this.#waiting[count++]!.length;
      }
      const body = this.#waiting.splice(0, count).join("");
      try {
        await this.client.postBatch(this.incident, body, { gzip: false });
      } catch (error) {
        this.#failure ??= error;
      }
    }
  }
}
