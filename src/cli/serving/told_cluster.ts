/** `lasthop serve --kubeconfig`: the API of a cluster is asked here, once, for all incidents that are open. */
import type { IngestClient } from "../../ingest/mod.ts";
import { IngestError } from "../../ingest/client/client.ts";
import type { AccessWords } from "../../kube/access.ts";
import { ClusterAudience } from "../../kube/audience.ts";
import { openApi } from "../../kube/open.ts";
import { ClusterReader } from "../../kube/reader.ts";
import { ClusterTeller, type TellerBatch } from "../../kube/teller.ts";
import { pause } from "../../timers/pause.ts";

/** How often it is looked which incidents are open, and what was told is sent. Milliseconds. */
const LOOK_MS = 1_000;
/** An incident in which no probe spoke for so long is told nothing more until one does. Milliseconds. */
const QUIET_MS = 10 * 60_000;
/** So often all that there is is told anew: a store that is full throws away what is oldest. Milliseconds. */
const ANEW_MS = 60 * 60_000;
/** Characters that wait for one incident at most: then it is begun anew, with all that there is. */
const WAITING_CHARS_MAX = 64 * 1024 * 1024;

/** An open incident. */
class Told {
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
    if (others !== this.#others) [this.#others, this.#activeMs] = [others, nowMs];
    const isWanted = !this.#isOver && nowMs - this.#activeMs < QUIET_MS;
    if (!isWanted || this.#chars > WAITING_CHARS_MAX) return this.leave();
    if (this.#teller !== null && this.#waiting.length === 0 && nowMs - this.#joinedMs > ANEW_MS) {
      this.leave();
    }
    if (this.#teller === null) this.#join(nowMs);
    void this.send();
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

/**
 * Asks it until `ended`. Resolves when the last of it was sent. Rejects at once with what `openApi` does:
 * a kubeconfig that can't be read is the command's error, an API that is away is not.
 */
export async function tellCluster(
  client: IngestClient,
  words: AccessWords,
  { ended, progress }: { ended: Promise<unknown>; progress: (text: string) => void },
): Promise<{ done: Promise<void> }> {
  const api = await openApi(words);
  const audience = new ClusterAudience();
  const reader = new ClusterReader(api, {
    onLine: (line) => audience.push(line),
    onNotice: progress,
  });
  progress(`names of ${api.cluster} are told to the incidents that are open`);
  const over = new AbortController();
  void ended.then(() => over.abort());
  return { done: follow() };

  async function follow(): Promise<void> {
    const told = new Map<string, Told>();
    while (!over.signal.aborted) {
      // The ingest is this process's own: what fails in it is told by its log.
      await look(told).catch(() => {});
      await pause(LOOK_MS, over.signal);
    }
    await reader.stop();
    await Promise.all([...told.values()].map((one) => one.send()));
  }

  async function look(told: Map<string, Told>): Promise<void> {
    const nowMs = performance.now();
    const open = (await client.listIncidents())
      .filter(({ closedAt, importedAt }) => closedAt === null && importedAt === null);
    for (const { id, counters } of open) {
      const one = told.get(id) ?? new Told(client, id, audience);
      told.set(id, one);
      one.look(counters.batches, nowMs);
    }
    const ids = new Set(open.map(({ id }) => id));
    for (const [id, one] of told) {
      if (ids.has(id)) continue;
      one.leave();
      told.delete(id);
    }
  }
}
