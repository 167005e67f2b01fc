/** Sends what is queued to one address, in order, again when it fails, and never without an end. */
import type { Clock } from "../clock.ts";

/** Who is sent something, and how. */
export interface Receiver {
  /** As the log calls it: `the webhook`. */
  name: string;
  url: string;
  /** Headers of one try, at `seconds` since 1970. */
  headers(delivery: Delivery, seconds: number): HeadersInit | Promise<HeadersInit>;
  /** Whether an answer with this status is no last word. */
  mayRetry(status: number): boolean;
  /** Why an answer of success is none; null where it is. Absent: each is. Reads what it needs of it. */
  whyRefused?(response: Response): Promise<string | null>;
}

/** What sending needs. */
export interface SendingDeps {
  clock: Clock;
  log: (line: string) => void;
  /** Default: the runtime's. */
  fetch?: typeof fetch | undefined;
}

/** What is sent at once. */
export interface Delivery {
  /** The same at each try. */
  id: string;
  /** What it tells, as the log and the receiver call it. */
  event: string;
  body: string;
}

/** Deliveries that wait; of more the oldest go. */
const QUEUE_MAX = 1_000;
const TRIES_MAX = 8;
const FIRST_PAUSE_MS = 1_000;
const PAUSE_MS_MAX = 60_000;
/** For one try. */
const ANSWER_MS_MAX = 10_000;

/** A queue of deliveries. */
export class Deliveries {
  #queue: Delivery[] = [];
  #running = false;
  #leave = new AbortController();

  constructor(readonly receiver: Receiver, readonly deps: SendingDeps) {}

  add(delivery: Delivery): void {
    this.#queue.push(delivery);
    if (this.#queue.length > QUEUE_MAX) {
      this.#queue.shift();
      this.deps.log(`Cannot keep all that ${this.receiver.name} is told: the oldest is left out`);
    }
    if (!this.#running) void this.#run();
  }

  /** Nothing is sent any more; what waits is lost. */
  close(): void {
    this.#leave.abort();
    if (this.#queue.length > 0) {
      const { name } = this.receiver;
      this.deps.log(`At the end ${name} was not told of ${this.#queue.length} changes`);
    }
    this.#queue = [];
  }

  async #run(): Promise<void> {
    this.#running = true;
    while (this.#queue.length > 0) await this.#deliver(this.#queue.shift()!);
    this.#running = false;
  }

  async #deliver(delivery: Delivery): Promise<void> {
    let pauseMs = FIRST_PAUSE_MS;
    for (let tries = 1; !this.#leave.signal.aborted; tries++) {
      const answer = await this.#try(delivery);
      if (answer.isTaken) return;
      if (!answer.mayRetry || tries >= TRIES_MAX) {
        const what = `${this.receiver.name} of ${delivery.event}`;
        return this.deps.log(`Cannot tell ${what}: ${answer.why}, after ${tries} tries`);
      }
      await this.#pause(Math.min(PAUSE_MS_MAX, Math.max(pauseMs, answer.waitMs)));
      pauseMs *= 2;
    }
  }

  async #try(delivery: Delivery): Promise<Answer> {
    const { clock, fetch: doFetch = fetch } = this.deps;
    const { url, headers, mayRetry, whyRefused } = this.receiver;
    const late = new AbortController();
    const cancel = clock.after(ANSWER_MS_MAX, () => late.abort());
    try {
      const response = await doFetch(url, {
        method: "POST",
        // Who is told was chosen by whoever started the ingest, and nobody else chooses.
        redirect: "manual",
        signal: AbortSignal.any([late.signal, this.#leave.signal]),
        headers: await headers(delivery, Math.floor(clock.wallMs() / 1000)),
        body: delivery.body,
      });
      const { status, ok } = response;
      const refusal = ok && whyRefused !== undefined ? await whyRefused(response) : null;
      // The rest of what it says is for nobody here.
      await response.body?.cancel();
      const retryAfter = Number(response.headers.get("retry-after") ?? 0);
      return {
        isTaken: ok && refusal === null,
        mayRetry: !ok && mayRetry(status),
        waitMs: Number.isFinite(retryAfter) ? retryAfter * 1000 : 0,
        why: refusal ?? `it answered ${status}`,
      };
    } catch (error) {
      const why = late.signal.aborted
        ? `no answer in ${ANSWER_MS_MAX / 1000} s`
        : error instanceof Error
        ? error.name
        : "it failed";
      return { isTaken: false, mayRetry: true, waitMs: 0, why };
    } finally {
      cancel();
    }
  }

  /** Ends early when this is closed. */
  #pause(delayMs: number): Promise<void> {
    const { signal } = this.#leave;
    if (signal.aborted) return Promise.resolve();
    return new Promise((resolve) => {
      const end = () => {
        cancel();
        signal.removeEventListener("abort", end);
        resolve();
      };
      const cancel = this.deps.clock.after(delayMs, end);
      signal.addEventListener("abort", end);
    });
  }
}

interface Answer {
  isTaken: boolean;
  mayRetry: boolean;
  /** At least this long until the next try, ms. */
  waitMs: number;
  why: string;
}
