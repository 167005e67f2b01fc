/** The ingest a probe reports to, and what to say when it refuses. */
import { LasthopError } from "../../event/error.ts";
import { createClient, type IngestClient, IngestError } from "../../ingest/client/client.ts";
import { plainWords, strange } from "../../ingest/client/answer.ts";
import type { BatchAnswer } from "../../ingest/intake/accept.ts";
import { SecretAnswer } from "../../ingest/routes/secret.ts";
import type { Access } from "../options.ts";

/** Which ingest and incident, and who is told what the ingest refuses. */
export interface RemoteIngestOptions extends Access {
  incident: string;
  /** Of the incident, when this probe is the first to name it. */
  filter: string;
  onNotice(text: string): void;
  /** The ingest says how long a node with nothing to tell may be silent, ms. */
  onPace?(quietMs: number): void;
  /** The ingest says whether it takes states that are told by difference. */
  onStateDifferences?(taken: boolean): void;
}

/** Longest silence that an ingest may ask for, ms. */
const QUIET_MS_MAX = 10_000;

/** How long the first answer may take. */
const CHECK_MS = 15_000;

/** How long the start of a capture waits for the incident's secret. Milliseconds. */
const SECRET_MS = 2_000;

/** The ingest a probe reports to. */
export class RemoteIngest {
  readonly client: IngestClient;
  #refusedTold = false;

  constructor(readonly options: RemoteIngestOptions) {
    this.client = createClient({ url: options.ingest, token: options.token || undefined });
  }

  /**
   * Sends whole batches. Throws LasthopError with a field `retryable`: false when to send them again
   * is of no use. Its code is `token_refused`, `ingest_slow`, or that of the ingest; it is
   * `ingest_strange` when the answer does not account for every batch that was sent.
   */
  async send(text: string, signal: AbortSignal): Promise<void> {
    try {
      await this.#post(text, signal);
    } catch (error) {
      throw this.#explained(error);
    }
  }

  /**
   * Throws LasthopError when the ingest will never accept anything of this probe: `token_refused` or
   * the code of the ingest. An ingest that does not answer may come back, so that is no error.
   */
  async check(): Promise<void> {
    try {
      await this.#post("", AbortSignal.timeout(CHECK_MS));
    } catch (error) {
      // The empty body is refused as `nothing_accepted` after token and incident were accepted.
      const isFinal = (error as { retryable?: boolean }).retryable === false;
      if ((error as LasthopError).code === "nothing_accepted") return;
      if (isFinal) throw this.#explained(error);
    }
  }

  /**
   * What the incident's probes share, and nobody else has. Undefined where the ingest is away, slow or
   * older than this question, and of an incident that is older than it. Never rejects.
   */
  async secret(): Promise<string | undefined> {
    const { incident } = this.options;
    const ask = () => this.client.secret(incident, AbortSignal.timeout(SECRET_MS));
    try {
      const answer = await ask().catch(async (error) => {
        if (!(error instanceof IngestError) || error.code !== "incident_missing") throw error;
        await this.#create(error);
        return await ask();
      });
      return SecretAnswer.parse(answer).secret ?? undefined;
    } catch {
      return undefined;
    }
  }

  async #post(text: string, signal: AbortSignal): Promise<void> {
    const { incident, onNotice } = this.options;
    let answer: BatchAnswer;
    try {
      answer = await this.client.postBatch(incident, text, { signal });
    } catch (error) {
      if (!(error instanceof IngestError) || error.code !== "incident_missing") throw error;
      await this.#create(error);
      answer = await this.client.postBatch(incident, text, { signal });
    }
    const fault = faultOf(answer, text);
    if (fault !== null) throw strange(this.options.ingest, fault);
    // An ingest of before 2026-11-27 says nothing, and one that lies makes no node silent for long.
    const { quietMs = 0 } = answer;
    if (isCount(quietMs)) this.options.onPace?.(Math.min(quietMs, QUIET_MS_MAX));
    // A relay that keeps a body while its ingest is away does not know.
    this.options.onStateDifferences?.(answer.stateDifferences === true);
    if (answer.refusedTotal === 0 || this.#refusedTold) return;
    this.#refusedTold = true;
    const why = plainWords(answer.refused?.[0]?.reason);
    onNotice(`the ingest refused ${answer.refusedTotal} lines: ${why}`);
  }

  /** The first probe that names the incident creates it, when its token allows that. */
  async #create(missing: IngestError): Promise<void> {
    const { incident, filter } = this.options;
    try {
      await this.client.createIncident({ id: incident, filter });
    } catch (error) {
      if (!(error instanceof IngestError)) throw error;
      if (error.status === 403) throw missing;
      if (error.code !== "incident_exists") throw error;
    }
  }

  #explained(error: unknown): unknown {
    const { incident, token } = this.options;
    if (error instanceof DOMException && error.name === "TimeoutError") {
      return this.#error("ingest_slow", "it did not answer in time, must within 15 s");
    }
    if (!(error instanceof IngestError)) return error;
    const { status, code } = error;
    const must = `must be a probe token of incident "${incident}"`;
    if (status === 401 || status === 403) {
      const is = !token ? "no token was given" : "token was refused";
      const how = !token ? " (--token or LASTHOP_TOKEN)" : "";
      return this.#error("token_refused", `${is} (${status}), ${must}${how}`, error);
    }
    if (code === "incident_missing") {
      const is = `it has no incident "${incident}" and the token may not create it`;
      return this.#error(code, `${is}, must be created first`, error);
    }
    return this.#error(code, error.message, error);
  }

  #error(code: string, text: string, cause?: IngestError): LasthopError {
    const message = `Cannot send to ingest ${this.options.ingest}: ${text}`;
    const error = new LasthopError(code, message, 1, { cause });
    return Object.assign(error, {
      retryable: cause?.retryable ?? true,
      retryAfterSeconds: cause?.retryAfterSeconds ?? null,
    });
  }
}

/**
 * Why an answer is no acknowledgement of these batches, or null. Each batch was accepted, was known
 * already, or had its header refused; what is not accounted for must be sent again.
 */
function faultOf(answer: unknown, text: string): string | null {
  const sent = text.split("\n").filter((line) => line.startsWith('{"kind":"batch"')).length;
  const { accepted, duplicates, refusedTotal } = (answer ?? {}) as Record<string, unknown>;
  if (!isCount(accepted) || !isCount(duplicates) || !isCount(refusedTotal)) {
    return "its answer does not say what it took";
  }
  const taken = accepted + duplicates;
  if (taken <= sent && taken + refusedTotal >= sent) return null;
  return `it acknowledged ${taken} batches of ${sent}`;
}

const isCount = (value: unknown): value is number =>
  Number.isSafeInteger(value) && Number(value) >= 0;
