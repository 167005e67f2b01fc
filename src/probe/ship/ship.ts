/**
 * Sends batches to an ingest, in order. While it is away they wait: on disk in the spool, in memory
 * where there is no disk to have. What an earlier run of the probe left goes first.
 */
import { LasthopError } from "../../event/error.ts";
import { pause } from "../../timers/pause.ts";
import type { ProbeBatch } from "./batcher.ts";
import type { Spool, SpoolFile } from "./spool.ts";
import { WaitingBatches } from "./waiting.ts";

/** Where batches go, and where they wait. */
export interface ShipperOptions {
  /**
   * Sends whole batches as lines. Rejects with LasthopError: one whose `retryable` is false ends
   * the shipping, and `retryAfterSeconds` is how long the ingest asks to wait.
   */
  send(text: string, signal: AbortSignal): Promise<void>;
  spool: Spool | null;
  /** Something a person at the probe's terminal should know. */
  onNotice(text: string): void;
  /** Events of a node were thrown away for want of room. */
  onEvicted(node: string, events: number): void;
  /** Characters of batches that wait in memory; 32 Mi where absent. */
  charsMax?: number;
  /** For tests: how often batches go to disk while the ingest does not answer. */
  keepEveryMs?: number;
  /** For tests: how time passes. */
  pause?(ms: number, signal: AbortSignal): Promise<void>;
  /** For tests: a number from 0 to 1. */
  random?(): number;
}

/** Characters of one request's body: few enough to be sent again in a moment. */
const BODY_CHARS_MAX = 4 * 1024 * 1024;
const CHARS_MAX = 32 * 1024 * 1024;
const SEND_TIMEOUT_MS = 15_000;
const RETRY_MIN_MS = 500;
const RETRY_MAX_MS = 30_000;
/** How long batches stay in memory alone while the ingest is away, or silent. */
const SPOOL_EVERY_MS = 1_000;

/** Sends what is pushed, oldest first, until `drain`. */
export class Shipper {
  /** Resolves with an error that makes all sending useless, such as a token that was refused. */
  readonly failure: Promise<LasthopError>;
  readonly #failed = Promise.withResolvers<LasthopError>();
  readonly #waiting: WaitingBatches;
  readonly #stop = new AbortController();
  readonly #running: Promise<void>;
  #wake = Promise.withResolvers<void>();
  #ending = false;
  #dead = false;
  #failures = 0;
  /** The ingest works and asked to wait; told once, until all that waited is sent. */
  #askedToWait = false;
  #spoolBroken = false;
  /** Batches the ingest acknowledged. */
  sent = 0;

  constructor(readonly options: ShipperOptions) {
    this.#waiting = new WaitingBatches(options.charsMax ?? CHARS_MAX, options.onEvicted);
    this.failure = this.#failed.promise;
    this.#running = this.#run();
  }

  /** Batches wait behind those that are being sent. */
  get isBehind(): boolean {
    return !this.#isEmpty();
  }

  /** The ingest refused for good, so that nothing is sent any more. */
  get isRefused(): boolean {
    return this.#dead;
  }

  push(batch: ProbeBatch): void {
    this.#waiting.push(batch);
    this.#wake.resolve();
  }

  /**
   * Sends what there is, for `timeoutMs` at the most; what is left then goes to the spool. Resolves
   * with true when all of it was sent.
   */
  async drain(timeoutMs: number): Promise<boolean> {
    this.#ending = true;
    this.#wake.resolve();
    const timer = setTimeout(() => this.#stop.abort(), timeoutMs);
    await this.#running;
    clearTimeout(timer);
    await this.#toSpool();
    await this.options.spool?.close();
    return this.#isEmpty();
  }

  #isEmpty(): boolean {
    return this.#waiting.length === 0 && (this.options.spool?.files.length ?? 0) === 0;
  }

  async #run(): Promise<void> {
    while (!this.#stop.signal.aborted && !this.#dead) {
      if (this.#isEmpty()) {
        if (this.#askedToWait) this.options.onNotice("the ingest has taken what was kept");
        this.#askedToWait = false;
        if (this.#ending) return;
        this.#wake = Promise.withResolvers();
        await this.#wake.promise;
        continue;
      }
      try {
        await this.#sendOldest();
        if (this.#failures > 0 && !this.#askedToWait) {
          this.options.onNotice("the ingest is back: sending what was kept");
        }
        this.#failures = 0;
      } catch (error) {
        await this.#handle(error);
      }
    }
  }

  async #sendOldest(): Promise<void> {
    const { spool } = this.options;
    const file = spool?.files[0];
    if (spool !== null && file !== undefined) {
      const text = await spool.read(file);
      if (text !== null) await this.#send(text, () => this.#toSpool());
      await spool.remove(file);
      return;
    }
    const texts = this.#waiting.take(BODY_CHARS_MAX);
    // The spool is empty, so that what is on its way becomes its first file, and stays the oldest.
    let kept: SpoolFile | null = null;
    const keep = async () => {
      kept ??= await this.#keep(texts);
      if (kept !== null) await this.#toSpool();
    };
    try {
      await this.#send(texts.join(""), keep);
    } catch (error) {
      if (kept === null) this.#waiting.putBack(texts);
      throw error;
    }
    if (kept !== null) await spool?.remove(kept);
    this.sent += texts.length;
  }

  /** Sends a text; `keep` is called again and again while that takes long. */
  async #send(text: string, keep: () => Promise<void>): Promise<void> {
    const timeout = AbortSignal.timeout(SEND_TIMEOUT_MS);
    const isOver = new AbortController();
    const sending = this.options.send(text, AbortSignal.any([timeout, this.#stop.signal]))
      .finally(() => isOver.abort());
    // It is awaited below, maybe after it failed.
    sending.catch(() => {});
    while (!isOver.signal.aborted) {
      await pause(this.options.keepEveryMs ?? SPOOL_EVERY_MS, isOver.signal);
      if (!isOver.signal.aborted) await keep();
    }
    await sending;
  }

  async #handle(error: unknown): Promise<void> {
    if (this.#stop.signal.aborted) return;
    if (isFinal(error)) {
      this.#dead = true;
      await this.#toSpool();
      this.#failed.resolve(error);
      return;
    }
    const atLeastMs = retryAfterMs(error);
    if (this.#failures === 0 && !(atLeastMs > 0 && this.#askedToWait)) {
      this.options.onNotice(`${saidOf(error)}; ${this.#meanwhile()}`);
    }
    this.#askedToWait = atLeastMs > 0;
    this.#failures += 1;
    await this.#waitToRetry(atLeastMs);
  }

  #meanwhile(): string {
    const { spool } = this.options;
    return spool === null || this.#spoolBroken
      ? "reports wait in memory"
      : `reports wait in ${spool.options.directory}`;
  }

  /**
   * Twice as long after each failure, with chance in it, so that probes do not come all at once.
   */
  async #waitToRetry(atLeastMs: number): Promise<void> {
    const steps = Math.min(this.#failures - 1, 16);
    const fullMs = Math.min(RETRY_MAX_MS, RETRY_MIN_MS * 2 ** steps);
    const random = this.options.random ?? Math.random;
    let leftMs = Math.max(atLeastMs * (1 + random() / 4), fullMs / 2 + random() * fullMs / 2);
    while (leftMs > 0 && !this.#stop.signal.aborted) {
      await this.#toSpool();
      const stepMs = Math.min(leftMs, SPOOL_EVERY_MS);
      await (this.options.pause ?? pause)(stepMs, this.#stop.signal);
      leftMs -= stepMs;
    }
  }

  /** Memory to disk. A disk that takes nothing leaves it in memory. */
  async #toSpool(): Promise<void> {
    while (this.options.spool !== null && this.#waiting.length > 0) {
      const texts = this.#waiting.take(BODY_CHARS_MAX);
      if (await this.#keep(texts) !== null) continue;
      this.#waiting.putBack(texts);
      return;
    }
  }

  /** Batches to a file of the spool; null when the disk takes nothing, which is said once. */
  async #keep(texts: readonly string[]): Promise<SpoolFile | null> {
    const { spool, onNotice } = this.options;
    if (spool === null) return null;
    try {
      const file = await spool.add(texts.join(""));
      this.#spoolBroken = false;
      return file;
    } catch (error) {
      if (!this.#spoolBroken) onNotice(`${saidOf(error)}; reports wait in memory`);
      this.#spoolBroken = true;
      return null;
    }
  }
}

/** Fields that an `IngestError` has besides; an error without them is a connection that broke. */
interface Refusal {
  status?: number;
  retryable?: boolean;
  retryAfterSeconds?: number | null;
}

function isFinal(error: unknown): error is LasthopError {
  return error instanceof LasthopError && (error as Refusal).retryable === false;
}

function retryAfterMs(error: unknown): number {
  return ((error as Refusal).retryAfterSeconds ?? 0) * 1_000;
}

const saidOf = (error: unknown) => error instanceof Error ? error.message : String(error);
