/** The ingest behind a relay: one body for many senders, or a body for each where it knows no relays. */
import { SMALL_ANSWER_BYTES_MAX } from "../ingest/client/answer.ts";
import * as answers from "../ingest/client/answer.ts";
import { RELAYED_PATH } from "../ingest/intake/relayed.ts";
import { gzip } from "../probe/ship/gzip.ts";
import { relayedBody, type SentText } from "./relayed_body.ts";

/** What the ingest answered to one sender. */
export interface Answered {
  status: number;
  /** Of the answer, a problem or not. */
  body: Record<string, unknown>;
  retryAfterSeconds: number | null;
}

/** Nothing answers, or nothing that an ingest would say. */
export class Away extends Error {
  override name = "Away";
}

/** As long as a probe itself waits for an answer. */
const ANSWER_MS = 15_000;
/** After so long an ingest is asked again whether it knows relays: it may be a newer one by now. */
const ASK_AGAIN_MS = 600_000;
/** Bodies at once, to an ingest that wants one for each sender. */
const AT_ONCE = 8;

/** Sends to one ingest. */
export class Upstream {
  #singleUntilMs = -Infinity;

  constructor(readonly url: string, readonly ended: AbortSignal) {}

  /** Answers of all senders, in their order. Rejects with Away. */
  async send(sent: readonly SentText[]): Promise<Answered[]> {
    if (performance.now() < this.#singleUntilMs) return await this.#each(sent);
    const answer = await this.#post(RELAYED_PATH, sent[0]!.token, relayedBody(sent));
    const { senders } = answer.body;
    if (answer.status === 200 && Array.isArray(senders) && senders.length === sent.length) {
      return senders.map(({ status, retryAfterSeconds, ...body }) => ({
        ...{ status: Number(status), body, retryAfterSeconds: Number(retryAfterSeconds) || null },
      }));
    }
    if (mustWait(answer)) return sent.map(() => answer);
    if (answer.status === 404) this.#singleUntilMs = performance.now() + ASK_AGAIN_MS;
    // The first one's token may be refused, or one text be too much: each gets its own answer.
    return await this.#each(sent);
  }

  async #each(sent: readonly SentText[]): Promise<Answered[]> {
    const found: Answered[] = [];
    for (let at = 0; at < sent.length; at += AT_ONCE) {
      found.push(
        ...await Promise.all(
          sent.slice(at, at + AT_ONCE).map(({ incident, token, text }) =>
            this.#post(`/v1/incidents/${encodeURIComponent(incident)}/batches`, token, text)
          ),
        ),
      );
    }
    return found;
  }

  async #post(path: string, token: string, text: string): Promise<Answered> {
    return await this.ask(path, {
      method: "POST",
      headers: {
        authorization: `Bearer ${token}`,
        "content-type": "application/x-ndjson",
        "content-encoding": "gzip",
      },
      body: await gzip(text),
    });
  }

  /** The answer to one request. Rejects with Away. */
  async ask(path: string, init: RequestInit): Promise<Answered> {
    const signal = AbortSignal.any([AbortSignal.timeout(ANSWER_MS), this.ended]);
    try {
      const response = await fetch(this.url + path, { ...init, signal, redirect: "manual" });
      const { status, headers } = response;
      const text = await answers.readText(response, this.url, SMALL_ANSWER_BYTES_MAX);
      const retryAfterSeconds = answers.secondsOf(headers.get("retry-after"));
      return { status, body: JSON.parse(text) as Answered["body"], retryAfterSeconds };
    } catch (error) {
      throw new Away(`Cannot reach the ingest at ${this.url}: ${error}`, { cause: error });
    }
  }
}

/** It works, and takes nothing now. */
export const mustWait = ({ status }: Pick<Answered, "status">): boolean =>
  status === 429 || status >= 500;
