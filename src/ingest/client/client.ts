/** A typed client of the ingest's API: for the commands, the probe's shipper and tests. */
import { LasthopError } from "../../event/error.ts";
import type { CauseCode } from "../../event/codes.ts";
import type { Flow, Report } from "../../event/report.ts";
import type { BatchAnswer } from "../intake/accept.ts";
import type { ImportAnswer } from "../routes/archives.ts";
import type { Audit } from "../routes/audit.ts";
import type { Overview } from "../routes/overview.ts";
import type { ProblemList } from "../routes/problems.ts";
import type { ShownIncident } from "../routes/shown_incident.ts";
import type { Joined, NodeList } from "../routes/join.ts";
import type { MintedToken, TokenList } from "../routes/tokens.ts";
import * as answers from "./answer.ts";
import { followLive, type LiveOptions, type ReceivedLiveEvent } from "./client_live.ts";
import { gzipped } from "../http/gzip.ts";
import type { Role } from "../stores/store.ts";

/** Which ingest is asked, and with which token. */
export interface ClientOptions {
  /** `http://127.0.0.1:8080`; a path in front of `/v1` is kept. */
  url: string;
  token?: string | undefined;
  fetch?: typeof fetch;
}

/** Which page of the audit is asked for. */
export interface AuditPage {
  /** Entries, from 1 to 1000; default: 200. */
  limit?: number;
  /** Only entries older than the one with this id. */
  before?: number;
}

/** Which problems are asked for, and how long they are waited for. */
export interface ProblemQuery {
  outcome?: readonly ProblemList["problems"][number]["outcome"][];
  cause?: readonly CauseCode[];
  /** How many are listed: 1 to 1000. */
  limit?: number;
  /** The cursor of an earlier answer. */
  since?: string;
  /** Seconds, up to 60. */
  wait?: number;
}

function queryText(asked: ProblemQuery): string {
  const given = Object.entries(asked).filter(([, value]) => value !== undefined);
  const text = new URLSearchParams(given.map(([name, value]) => [name, String(value)])).toString();
  return text === "" ? "" : `?${text}`;
}

/** An answer of the ingest that is no success. `code` is the problem's. */
export class IngestError extends LasthopError {
  override name = "IngestError";
  constructor(
    code: string,
    message: string,
    readonly status: number,
    /** When the ingest said how long to wait. */
    readonly retryAfterSeconds: number | null,
    /** The whole problem, for its further members. */
    readonly problem: Record<string, unknown>,
  ) {
    super(code, message);
  }

  /** The same request may succeed later. */
  get retryable(): boolean {
    return this.status === 408 || this.status === 429 || this.status >= 500;
  }
}

/** The calls of the API as functions; see `createClient` for what they throw. */
export type IngestClient = ReturnType<typeof createClient>;

/**
 * Every call throws `LasthopError` with code `ingest_unreachable` when nothing answers and
 * `IngestError` when the ingest refuses. Nothing of it is trusted: an answer without an end, or that is
 * no JSON, is LasthopError `ingest_strange`, a redirect `ingest_redirects` (the token is for this
 * address alone), a certificate that does not hold `ingest_untrusted`.
 */
export function createClient(options: ClientOptions) {
  const { base, send, ask, get, post } = transportTo(options);
  const at = (incident: string) => `/v1/incidents/${encodeURIComponent(incident)}`;

  return {
    url: base,
    createIncident: (
      wanted: { id?: string; title?: string; filter?: string; shards?: number } = {},
    ) => post<ShownIncident>("/v1/incidents", wanted),
    listIncidents: async () =>
      (await get<{ incidents: ShownIncident[] }>("/v1/incidents")).incidents,
    getIncident: (incident: string) => get<ShownIncident>(at(incident)),
    /** Spreads it over more shards, where the ingest can. */
    growIncident: (incident: string, shards: number) =>
      post<ShownIncident>(`${at(incident)}/shards`, { shards }),
    /** `archive`: a file of this machine in which it is kept, for whoever watches it. */
    closeIncident: (incident: string, { archive }: { archive?: string } = {}) =>
      post<ShownIncident>(`${at(incident)}/close`, archive === undefined ? {} : { archive }),
    deleteIncident: async (incident: string) => {
      await send("DELETE", at(incident));
    },

    /** One or more batches as lines; gzip unless told not to. */
    async postBatch(
      incident: string,
      lines: string | Uint8Array<ArrayBuffer>,
      { gzip = true, signal }: { gzip?: boolean; signal?: AbortSignal } = {},
    ): Promise<BatchAnswer> {
      const body = gzip ? await gzipped(lines) : lines;
      const headers: Record<string, string> = { "content-type": "application/x-ndjson" };
      if (gzip) headers["content-encoding"] = "gzip";
      const init = { body, headers, signal: signal ?? null };
      return await ask("POST", `${at(incident)}/batches`, init, answers.SMALL_ANSWER_BYTES_MAX);
    },

    /** What the names of a filter mean, where the ingest asks a cluster's API. Not looked at yet. */
    names: (incident: string, filter: string, signal?: AbortSignal) =>
      ask<unknown>(
        "GET",
        `${at(incident)}/names?${new URLSearchParams({ filter })}`,
        { signal: signal ?? null },
        answers.ANSWER_BYTES_MAX,
      ),
    /** What the incident's probes share. Not looked at yet. */
    secret: (incident: string, signal?: AbortSignal) =>
      ask<unknown>(
        "GET",
        `${at(incident)}/secret`,
        { signal: signal ?? null },
        answers.SMALL_ANSWER_BYTES_MAX,
      ),
    report: (incident: string) => get<Report>(`${at(incident)}/report`),
    /** What the report adds up to. */
    overview: (incident: string) => get<Overview>(`${at(incident)}/overview`),
    /** The problems, at once or, with `wait`, when there is something new. */
    problems: (incident: string, asked: ProblemQuery = {}) =>
      get<ProblemList>(`${at(incident)}/problems${queryText(asked)}`),
    flow: (incident: string, id: string) =>
      get<Flow>(`${at(incident)}/flows/${encodeURIComponent(id)}`),

    /** The archive file as it comes. */
    async downloadArchive(incident: string): Promise<ReadableStream<Uint8Array<ArrayBuffer>>> {
      return (await send("GET", `${at(incident)}/archive`)).body!;
    },

    /** The headers that were seen, as a capture file. */
    async downloadCapture(incident: string): Promise<ReadableStream<Uint8Array<ArrayBuffer>>> {
      return (await send("GET", `${at(incident)}/report?format=pcapng`)).body!;
    },

    /** Creates `incident` from an archive file. `partial`: of a cut one, what is whole. */
    async uploadArchive(
      incident: string,
      file: ReadableStream<Uint8Array> | Uint8Array<ArrayBuffer>,
      { partial = false }: { partial?: boolean } = {},
    ): Promise<ImportAnswer> {
      const path = `${at(incident)}/archive${partial ? "?partial=1" : ""}`;
      const init = { body: file as BodyInit, headers: { "content-type": "application/gzip" } };
      // As long as the archive takes, so only its answer is bounded.
      const response = await send("POST", path, init);
      return await answers.readJson(response, base, answers.SMALL_ANSWER_BYTES_MAX);
    },

    /** What happens in an incident from now on, across broken connections, until it ends. */
    live(incident: string, live: LiveOptions = {}): AsyncGenerator<ReceivedLiveEvent> {
      const open = (headers: HeadersInit, signal: AbortSignal) =>
        send("GET", `${at(incident)}/live`, { headers, signal });
      return followLive(open, live);
    },

    createToken: (
      incident: string | null,
      wanted: { role: Role; expiresInSeconds?: number; nodesMax?: number },
    ) => post<MintedToken>(`${incident === null ? "/v1" : at(incident)}/tokens`, wanted),
    listTokens: async (incident: string | null) =>
      (await get<TokenList>(`${incident === null ? "/v1" : at(incident)}/tokens`)).tokens,
    /** Exchanges the code, which is this client's token, for a token of this node's own. */
    join: (node: string) => post<Joined>("/v1/join", { node }),
    nodes: (incident: string) => get<NodeList>(`${at(incident)}/nodes`),
    /** Who did what with one incident, or with any (null), newest first. */
    audit: (incident: string | null, { limit = 200, before }: AuditPage = {}) => {
      const page = `limit=${limit}${before === undefined ? "" : `&before=${before}`}`;
      return get<Audit>(`${incident === null ? "/v1" : at(incident)}/audit?${page}`);
    },
    deleteToken: async (incident: string | null, id: string) => {
      await send("DELETE", `${incident === null ? "/v1" : at(incident)}/tokens/${id}`);
    },
  };
}

/** Requests with the token, whose failures are typed errors. */
function transportTo({ url, token, fetch: doFetch = fetch }: ClientOptions) {
  const base = url.replace(/\/+$/, "");
  const send = async (method: string, path: string, init: RequestInit = {}) => {
    const headers = new Headers(init.headers);
    if (token !== undefined) headers.set("authorization", `Bearer ${token}`);
    let response: Response;
    try {
      response = await doFetch(`${base}${path}`, { ...init, method, headers, redirect: "manual" });
    } catch (error) {
      if (init.signal?.aborted === true) throw error;
      throw unreachable(base, error);
    }
    if (response.ok) return response;
    if (isRedirect(response)) {
      await response.body?.cancel().catch(() => {});
      throw redirected(response, base);
    }
    throw await ingestError(response, base);
  };
  const ask = async <T>(method: string, path: string, init: RequestInit, bytesMax: number) => {
    const late = new AbortController();
    const timer = setTimeout(() => late.abort(tooLate(base)), answers.ANSWER_MS_MAX);
    const signals = [late.signal, init.signal].filter((signal) => signal != null);
    try {
      const response = await send(method, path, { ...init, signal: AbortSignal.any(signals) });
      return await answers.readJson<T>(response, base, bytesMax);
    } finally {
      clearTimeout(timer);
    }
  };
  const get = <T>(path: string) => ask<T>("GET", path, {}, answers.ANSWER_BYTES_MAX);
  const post = <T>(path: string, value: unknown) => {
    const init = { body: JSON.stringify(value), headers: { "content-type": "application/json" } };
    return ask<T>("POST", path, init, answers.SMALL_ANSWER_BYTES_MAX);
  };
  return { base, send, ask, get, post };
}

/** A browser hides what a redirect that is not followed says. */
const isRedirect = ({ type, status }: Response) =>
  type === "opaqueredirect" || (status >= 300 && status < 400);

function redirected({ headers, status }: Response, url: string): IngestError {
  const to = answers.plainWords(headers.get("location") ?? "elsewhere");
  const message = `Cannot use the ingest at ${url}: it redirects to ${to}, must answer itself ` +
    "(the token is for no other)";
  return new IngestError("ingest_redirects", message, status, null, {});
}

function tooLate(url: string): LasthopError {
  return answers.strange(url, `it took more than ${answers.ANSWER_MS_MAX / 1000} s to answer`);
}

function unreachable(url: string, error: unknown): LasthopError {
  // `fetch` says only that it failed; why is in its cause.
  const cause = error instanceof Error && error.cause !== undefined ? error.cause : error;
  const message = cause instanceof Error ? cause.message : String(cause);
  if (/certificate/i.test(message)) {
    const text =
      `Cannot trust the ingest at ${url}: ${message}, must have a certificate for its name`;
    const untrusted = new LasthopError("ingest_untrusted", text, 1, { cause: error });
    return Object.assign(untrusted, { retryable: false });
  }
  const why = /refused/i.test(message)
    ? "connection refused"
    : /dns error|lookup/i.test(message)
    ? "its name is not known"
    : message.replace(/^error sending request for url \([^)]*\): /, "");
  return new LasthopError(
    "ingest_unreachable",
    `Cannot reach the ingest at ${url}: ${why}, must be a running \`lasthop serve\``,
    1,
    { cause: error },
  );
}

async function ingestError(response: Response, url: string): Promise<IngestError> {
  const { status, headers } = response;
  const retryAfterSeconds = answers.secondsOf(headers.get("retry-after"));
  if (headers.get("content-type")?.startsWith("application/problem+json") === true) {
    const bytesMax = answers.SMALL_ANSWER_BYTES_MAX;
    const problem = await answers.readJson<Record<string, unknown>>(response, url, bytesMax);
    return new IngestError(
      answers.plainWords(problem.code),
      answers.plainWords(problem.detail),
      status,
      retryAfterSeconds,
      problem,
    );
  }
  await response.body?.cancel().catch(() => {});
  const message = `Cannot use the ingest at ${url}: it answered ${status} and no problem+json, ` +
    "must be a `lasthop serve`";
  return new IngestError("ingest_strange", message, status, retryAfterSeconds, {});
}
