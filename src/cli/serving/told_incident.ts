/** One open incident of `lasthop serve --kubeconfig`: it is told what the API tells, as batches of its own. */
import { IngestError } from "../../ingest/client/client.ts";
import type { IngestClient } from "../../ingest/mod.ts";
import type { ClusterAudience } from "../../kube/audience.ts";
import { ClusterTeller, type TellerBatch } from "../../kube/teller.ts";

/** An incident in which no probe spoke for so long is told nothing more until one does. Milliseconds. */
const QUIET_MS = 10 * 60_000;
/** So often all that there is is told anew: a store that is full throws away what is oldest. Milliseconds. */
const ANEW_MS = 60 * 60_000;
/** Characters that wait for one incident at most: then it is begun anew, with all that there is. */
const WAITING_CHARS_MAX = 64 * 1024 * 1024;

/** An open incident. */
export class ToldIncident {
  #teller: ClusterTeller | null = null;
  #waiting: TellerBatch[] = [];
  #chars = 0;
  #sending: Promise<void> | undefined;
  /** Batches of it that are this one's own, and how many others it had when there were more than before. */
  #own = 0;
  #others = -1;
  #activeMs = 0;
  #joinedMs = 0;
  /** It takes no more. */
  #isOver = false;

  constructor(
    readonly client: IngestClient,
    readonly incident: string,
    readonly audience: ClusterAudience,
  ) {}

  /** It has so many batches: begins to tell it, ends that, or sends what was told. */
  look(batches: number, nowMs: number): void {
    const others = batches - this.#own;
    const isActive = others !== this.#others;
    if (isActive) [this.#others, this.#activeMs] = [others, nowMs];
    const isWanted = !this.#isOver && nowMs - this.#activeMs < QUIET_MS;
    if (!isWanted || this.#chars > WAITING_CHARS_MAX) return this.leave();
    if (this.#teller !== null && this.#waiting.length === 0 && nowMs - this.#joinedMs > ANEW_MS) {
      this.leave();
    }
    if (this.#teller === null) this.#join(nowMs);
    // Of packets that came just now nothing is concluded before it is known that nothing changed.
    if (isActive) this.audience.tellHeard(this.incident);
    void this.send();
  }

  /** It is about to be closed: sends what was heard of up to now. */
  async finish(): Promise<void> {
    this.audience.tellHeard(this.incident);
    // Of two that run at once the first may have begun before that was told.
    await this.send();
    await this.send();
    this.#isOver = true;
    this.leave();
  }

  #join(nowMs: number): void {
    this.#joinedMs = nowMs;
    const teller = this.#teller = new ClusterTeller(this.incident, (batch) => {
      this.#waiting.push(batch);
      this.#chars += charsOf(batch);
    });
    this.audience.join(this.incident, (line) => teller.push(line));
  }

  /** Tells it nothing more. */
  leave(): void {
    this.audience.leave(this.incident);
    this.#teller = null;
    this.#waiting = [];
    this.#chars = 0;
  }

  /** Sends what waits, one request at a time. */
  send(): Promise<void> {
    this.#teller?.flush();
    return this.#sending ??= this.#send().finally(() => this.#sending = undefined);
  }

  async #send(): Promise<void> {
    for (let batch = this.#waiting[0]; batch !== undefined; batch = this.#waiting[0]) {
      try {
        const body = `${JSON.stringify(batch.header)}\n${batch.lines.join("\n")}\n`;
        this.#own += (await this.client.postBatch(this.incident, body, { gzip: false })).accepted;
      } catch (error) {
        // What may be taken later stays; what never will be is no reason to ask each second.
        if (error instanceof IngestError && !error.retryable) this.#isOver = true;
        return;
      }
      // Nobody may wait for it any more.
      if (this.#waiting[0] !== batch) return;
      this.#waiting.shift();
      this.#chars -= charsOf(batch);
    }
  }
}

const charsOf = ({ lines }: TellerBatch) => lines.reduce((sum, line) => sum + line.length, 0);
