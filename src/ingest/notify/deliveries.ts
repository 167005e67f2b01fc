/** Sends what is queued to one address, in order, signed, again when it fails, and never without an end. */
import type { Clock } from "../clock.ts";

/** Where it is sent, and how. */
export interface DeliveryOptions {
  url: string;
  /** Key of the signature. */
  secret: string;
  clock: Clock;
  log: (line: string) => void;
  /** Default: the runtime's. */
  fetch?: typeof fetch;
}

/** Deliveries that wait; of more the oldest go. */
const QUEUE_MAX = 1_000;
const TRIES_MAX = 8;
const FIRST_PAUSE_MS = 1_000;
const PAUSE_MS_MAX = 60_000;
/** For one try. */
const ANSWER_MS_MAX = 10_000;

interface Delivery {
  id: string;
  event: string;
  body: string;
}

/** A queue of deliveries. */
export class Deliveries {
  #queue: Delivery[] = [];
  #running = false;
  #leave = new AbortController();

  constructor(readonly options: DeliveryOptions) {}

  add(event: string, content: Record<string, unknown>): void {
    const id = crypto.randomUUID();
    this.#queue.push({ id, event, body: JSON.stringify({ version: 1, id, event, ...content }) });
    if (this.#queue.length > QUEUE_MAX) {
      this.#queue.shift();
      this.options.log("Cannot keep all of the webhook's deliveries: the oldest is left out");
    }
    if (!this.#running) void this.#run();
  }

  /** Nothing is sent any more; what waits is lost. */
  close(): void {
    this.#leave.abort();
    if (this.#queue.length > 0) {
      this.options.log(`The webhook was not told of ${this.#queue.length} changes at the end`);
    }
    this.#queue = [];
  }

  async #run(): Promise<void> {
    this.#running = true;
    while (this.#queue.length > 0) await this.#deliver(this.#queue.shift()!);
    this.#running = false;
  }

  async #deliver(delivery: Delivery): Promise<void> {
    const { log } = this.options;
    let pauseMs = FIRST_PAUSE_MS;
    for (let tries = 1; !this.#leave.signal.aborted; tries++) {
      const answer = await this.#try(delivery);
      if (answer.isTaken) return;
      if (!answer.mayRetry || tries >= TRIES_MAX) {
        return log(
          `Cannot tell the webhook of ${delivery.event}: ${answer.why}, after ${tries} tries`,
        );
      }
      await this.#pause(Math.min(PAUSE_MS_MAX, Math.max(pauseMs, answer.waitMs)));
      pauseMs *= 2;
    }
  }

  async #try({ id, event, body }: Delivery): Promise<Answer> {
    const { url, secret, clock, fetch: doFetch = fetch } = this.options;
    const seconds = Math.floor(clock.wallMs() / 1000);
    const late = new AbortController();
    const cancel = clock.after(ANSWER_MS_MAX, () => late.abort());
    try {
      const response = await doFetch(url, {
        method: "POST",
        // Who is told was chosen by whoever started the ingest, and nobody else chooses.
        redirect: "manual",
        signal: AbortSignal.any([late.signal, this.#leave.signal]),
        headers: {
          "content-type": "application/json",
          "user-agent": "lasthop",
          "lasthop-event": event,
          "lasthop-delivery": id,
          "lasthop-signature": `t=${seconds},v1=${await signature(secret, `${seconds}.${body}`)}`,
        },
        body,
      });
      // What it says is for nobody here.
      await response.body?.cancel();
      const { status } = response;
      const retryAfter = Number(response.headers.get("retry-after") ?? 0);
      return {
        isTaken: response.ok,
        mayRetry: status === 408 || status === 429 || status >= 500,
        waitMs: Number.isFinite(retryAfter) ? retryAfter * 1000 : 0,
        why: `it answered ${status}`,
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

  #pause(delayMs: number): Promise<void> {
    return new Promise((resolve) => {
      const cancel = this.options.clock.after(delayMs, resolve);
      this.#leave.signal.addEventListener("abort", () => {
        cancel();
        resolve();
      }, { once: true });
    });
  }
}

interface Answer {
  isTaken: boolean;
  mayRetry: boolean;
  waitMs: number;
  why: string;
}

/** HMAC-SHA-256 of a text, in hexadecimal. */
export async function signature(secret: string, text: string): Promise<string> {
  const encoder = new TextEncoder();
  const algorithm = { name: "HMAC", hash: "SHA-256" };
  const key = await crypto.subtle.importKey("raw", encoder.encode(secret), algorithm, false, [
    "sign",
  ]);
  return new Uint8Array(await crypto.subtle.sign("HMAC", key, encoder.encode(text))).toHex();
}
