/**
 * Batches of many probes on their way through a relay. What comes while a body is on its way goes
 * together in the next one, and each sender gets the ingest's own answer. While the ingest is away the
 * relay acknowledges what its spool keeps; a full spool takes nothing, so that probes keep it themselves.
 */
import type { Spool, SpoolFile } from "../probe/ship/spool.ts";
import { countIn, relayedBody, sentIn, type SentText } from "./relayed_body.ts";
import { Strangers } from "./strangers.ts";
import { type Answered, Away, mustWait, type Upstream } from "./upstream.ts";

/** What a forwarder needs. */
export interface ForwarderOptions {
  upstream: Pick<Upstream, "send">;
  spool: Spool;
  /** Bytes on disk of what is kept; beyond it nothing more is acknowledged. */
  spoolBytesMax: number;
  /** Something a person at the relay's terminal should know. */
  onNotice(text: string): void;
  /** For tests: how time passes. */
  pause?(ms: number): Promise<void>;
}

/** What went through, since the start. */
export interface Forwarded {
  /** Bodies that the ingest answered. */
  bodies: number;
  /** Batches that the ingest answered for itself. */
  batches: number;
  /** Batches that were acknowledged because the spool had them. */
  spooled: number;
  /** Batches that were acknowledged here and that the ingest then refused, or the disk lost. */
  lost: number;
}

interface Waiting {
  sent: SentText;
  resolve: (answered: Answered) => void;
}

/** Senders and characters of one body; an ingest takes some more. */
const SENDERS_MAX = 500;
const CHARS_MAX = 4 * 1024 * 1024;
/** Characters that wait in memory. */
const WAITING_CHARS_MAX = 64 * 1024 * 1024;
/** How long one that comes alone waits for others. */
const GATHER_MS = 100;
/** How often an ingest that is away is asked for, and one that asked to wait without saying how long. */
const RETRY_MS = 2_000;

/** Forwards until `close`. */
export class Forwarder {
  readonly counts: Forwarded = { bodies: 0, batches: 0, spooled: 0, lost: 0 };
  #waiting: Waiting[] = [];
  #chars = 0;
  #sending: Promise<void> | null = null;
  #draining: Promise<void> | null = null;
  #isAway = false;
  readonly #strangers = new Strangers();
  #closed = false;

  constructor(readonly options: ForwarderOptions) {
    this.#beginDraining();
  }

  get waitingChars(): number {
    return this.#chars;
  }

  /** What the sender is to be answered. */
  forward(sent: SentText): Promise<Answered> {
    if (this.#chars + sent.text.length > WAITING_CHARS_MAX) {
      return Promise.resolve(busy("too much waits in it"));
    }
    return new Promise((resolve) => {
      this.#waiting.push({ sent, resolve });
      this.#chars += sent.text.length;
      this.#sending ??= this.#sendAll();
    });
  }

  /** Resolves when nothing is under way any more; what is in the spool waits for the next start. */
  async close(): Promise<void> {
    this.#closed = true;
    while (this.#sending !== null) await this.#sending;
    await this.#draining;
    await this.options.spool.close();
  }

  async #sendAll(): Promise<void> {
    await this.#pause(GATHER_MS);
    while (this.#waiting.length > 0) await this.#sendSome(this.#take());
    // At once: what comes after the last look must begin another.
    this.#sending = null;
  }

  #take(): Waiting[] {
    let chars = 0;
    let count = 0;
    for (const { sent: { text } } of this.#waiting) {
      if (count === SENDERS_MAX || (count > 0 && chars + text.length > CHARS_MAX)) break;
      chars += text.length;
      count += 1;
    }
    this.#chars -= chars;
    return this.#waiting.splice(0, count);
  }

  async #sendSome(waiting: readonly Waiting[]): Promise<void> {
    const sent = waiting.map((one) => one.sent);
    try {
      const answers = this.#isAway ? await this.#keep(sent) : await this.#send(sent);
      waiting.forEach(({ resolve }, i) => resolve(answers[i]!));
    } catch (error) {
      // Nothing of it is kept: the probes have it, and send it again.
      this.options.onNotice(error instanceof Error ? error.message : String(error));
      for (const { resolve } of waiting) resolve(busy("it failed inside"));
    }
  }

  async #send(sent: readonly SentText[]): Promise<Answered[]> {
    try {
      const answers = await this.options.upstream.send(sent);
      this.counts.bodies += 1;
      this.counts.batches += sent.reduce((sum, { text }) => sum + countIn(text).batches, 0);
      answers.forEach(({ status }, i) => this.#strangers.answered(sent[i]!.token, status));
      return answers;
    } catch (error) {
      if (!(error instanceof Away)) throw error;
      if (!this.#isAway) this.options.onNotice(`${error.message}; batches wait here`);
      const answers = await this.#keep(sent);
      // Who sends what is kept finds out that it is back; with nothing kept the next body does.
      this.#isAway = this.options.spool.files.length > 0;
      this.#beginDraining();
      return answers;
    }
  }

  /** Acknowledges what the spool has; the check of a probe, without batches, is none. */
  async #keep(sent: readonly SentText[]): Promise<Answered[]> {
    const { spool, spoolBytesMax } = this.options;
    const withBatches = sent.filter(({ text }) => countIn(text).batches > 0);
    if (spool.bytes >= spoolBytesMax) return sent.map(() => busy("the ingest is away, it is full"));
    if (spool.bytes === 0) this.#strangers.begin();
    const kept = new Set(withBatches.filter((one) => this.#strangers.mayKeep(one, spoolBytesMax)));
    if (kept.size > 0) await spool.add(relayedBody([...kept]));
    return sent.map((one) => {
      const { batches, lines } = countIn(one.text);
      if (batches === 0) return busy("the ingest is away");
      if (!kept.has(one)) return busy("the ingest is away, and never took a batch with this token");
      this.counts.spooled += batches;
      const answer = { accepted: batches, duplicates: 0, events: lines, states: 0 };
      const body = { ...answer, refused: [], refusedTotal: 0, kept: "relay" };
      return { status: 200, body, retryAfterSeconds: null };
    });
  }

  #beginDraining(): void {
    if (this.#closed || this.options.spool.files.length === 0) return;
    this.#draining ??= this.#drain();
  }

  /** Sends what the spool has, oldest first, until it is empty. */
  async #drain(): Promise<void> {
    const { spool, onNotice } = this.options;
    try {
      for (let file = spool.files[0]; file !== undefined && !this.#closed; file = spool.files[0]) {
        await this.#sendKept(file);
      }
      if (spool.files.length === 0) onNotice("the ingest has taken what was kept");
    } catch (error) {
      onNotice(`Cannot send what is kept: ${error}`);
    } finally {
      // With the last look at the spool: what is added after it must begin another.
      this.#draining = null;
      this.#isAway = false;
    }
  }

  async #sendKept(file: SpoolFile): Promise<void> {
    const { spool, onNotice } = this.options;
    const text = await spool.read(file);
    if (text === null) {
      this.counts.lost += 1;
      onNotice(`lost ${file.name} of the spool: it is damaged`);
      return;
    }
    const waitMs = await this.#sendFile(sentIn(text));
    // What comes from now on need not wait behind what is kept: its order means nothing.
    this.#isAway &&= waitMs !== null;
    if (waitMs === null) await spool.remove(file);
    else await this.#pause(waitMs);
  }

  /** How long to wait before it is sent again, or null: it is done with. What was taken before is known. */
  async #sendFile(sent: readonly SentText[]): Promise<number | null> {
    let answers: Answered[];
    try {
      answers = await this.options.upstream.send(sent);
    } catch (error) {
      if (!(error instanceof Away)) throw error;
      return RETRY_MS;
    }
    this.counts.bodies += 1;
    const waiting = answers.filter(mustWait);
    if (waiting.length > 0) {
      const seconds = waiting.map(({ retryAfterSeconds }) => retryAfterSeconds ?? 0);
      return Math.max(RETRY_MS, ...seconds.map((one) => one * 1_000));
    }
    answers.forEach(({ status, body }, i) => {
      if (status === 200) return;
      const { batches } = countIn(sent[i]!.text);
      this.counts.lost += batches;
      const why = String(body.detail ?? status);
      this.options.onNotice(`lost ${batches} batches for ${sent[i]!.incident}: ${why}`);
    });
    return null;
  }

  async #pause(ms: number): Promise<void> {
    await (this.options.pause ?? ((ms) => new Promise((done) => setTimeout(done, ms))))(ms);
  }
}

function busy(is: string): Answered {
  const detail = `Cannot relay batches: ${is}, must wait 10 s`;
  const body = { type: "about:blank", title: "Busy", status: 503, code: "relay_busy", detail };
  return { status: 503, body, retryAfterSeconds: 10 };
}
