/** An incident as a program has it that waits for what comes of it. */
import { LasthopError } from "../event/error.ts";
import { type IngestClient, IngestError, type ProblemQuery } from "../ingest/client/client.ts";
import type { ProblemList } from "../ingest/routes/problems.ts";

/** How long something is waited for. */
export interface WaitOptions {
  /** Default: 60. */
  timeoutSeconds?: number;
}

/** Longest wait of one request, in seconds: proxies in between give up after a minute. */
const WAIT_SECONDS_MAX = 30;
/** The overview has no long poll, and nodes attach within seconds: ms until the next look, then longer. */
const LOOK_AGAIN_MS = 250;
const LOOK_AGAIN_MS_MAX = 2_000;
const TIMEOUT_SECONDS = 60;

/** One incident; every call throws what `createClient` says. */
export class OpenIncident {
  constructor(readonly api: IngestClient, readonly id: string) {}

  /** A token with which probes may send to this incident and do nothing else. */
  async probeToken({ expiresInSeconds = 3600 } = {}): Promise<string> {
    return (await this.api.createToken(this.id, { role: "probe", expiresInSeconds })).token;
  }

  /**
   * Resolves with the names of the nodes once so many have sent something. Throws LasthopError
   * `wait_timeout` when they are fewer when the time is up.
   */
  async untilNodes(
    count: number,
    { timeoutSeconds = TIMEOUT_SECONDS }: WaitOptions = {},
  ): Promise<string[]> {
    const endMs = performance.now() + timeoutSeconds * 1000;
    let nodes: string[] = [];
    for (let pauseMs = LOOK_AGAIN_MS;; pauseMs = Math.min(2 * pauseMs, LOOK_AGAIN_MS_MAX)) {
      let busyMs = 0;
      try {
        ({ nodes } = await this.api.overview(this.id));
      } catch (error) {
        // Others may have asked too often with the same token.
        if (!(error instanceof IngestError) || error.code !== "rate_limited") throw error;
        busyMs = (error.retryAfterSeconds ?? 1) * 1000;
      }
      if (nodes.length >= count) return nodes;
      const leftMs = endMs - performance.now();
      if (leftMs <= 0) throw tooFew(nodes, count, timeoutSeconds);
      const waitMs = Math.min(leftMs, Math.max(pauseMs, busyMs));
      await new Promise((resolve) => setTimeout(resolve, waitMs));
    }
  }

  /** The problems now, with their verdict. */
  problems(asked: Omit<ProblemQuery, "wait" | "since"> = {}): Promise<ProblemList> {
    return this.api.problems(this.id, asked);
  }

  /**
   * The problems as soon as there is one that was asked for, the incident was closed, or the time is up:
   * what they add up to is in the list's `verdict`.
   */
  async untilProblem(
    { timeoutSeconds = TIMEOUT_SECONDS, ...asked }: WaitOptions & ProblemQuery = {},
  ): Promise<ProblemList> {
    const endMs = performance.now() + timeoutSeconds * 1000;
    for (;;) {
      const leftSeconds = Math.ceil((endMs - performance.now()) / 1000);
      const wait = Math.max(0, Math.min(WAIT_SECONDS_MAX, leftSeconds));
      const list = await this.api.problems(this.id, { ...asked, wait });
      const isNews = asked.since === undefined ? list.total > 0 : list.cursor !== asked.since;
      if (isNews || list.closed || performance.now() >= endMs) return list;
    }
  }

  /** Each list that is another than the one before, until the incident is closed. */
  async *changes(asked: Omit<ProblemQuery, "wait"> = {}): AsyncGenerator<ProblemList> {
    let { since } = asked;
    for (;;) {
      const wait = since === undefined ? 0 : WAIT_SECONDS_MAX;
      const list = await this.api.problems(this.id, { ...asked, since, wait });
      if (list.cursor !== since) yield list;
      if (list.closed) return;
      since = list.cursor;
    }
  }

  /**
   * Closes the incident; the verdict is the last then. What probes have seen reaches the ingest a moment
   * later: `settleSeconds` (default: 3) is how long that is waited for.
   */
  async close({ settleSeconds = 3 }: { settleSeconds?: number } = {}): Promise<ProblemList> {
    await new Promise((resolve) => setTimeout(resolve, settleSeconds * 1000));
    await this.api.closeIncident(this.id);
    return await this.problems();
  }
}

function tooFew(nodes: string[], count: number, timeoutSeconds: number): LasthopError {
  const there = nodes.length === 0 ? "none" : nodes.join(", ");
  return new LasthopError(
    "wait_timeout",
    `Cannot wait for nodes: after ${timeoutSeconds} s there is ${there}, must be ${count}`,
  );
}
