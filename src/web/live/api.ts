/// <reference lib="dom" />
/** Requests to the ingest that served this page. The token is sent as a header, never in a URL. */
import { fields, list, number, text } from "./read.ts";
import { borrowTokens, token } from "./token.ts";

/** A proxy in front of the ingest answered, and its session of this browser is over. */
export class SignInNeeded extends Error {
  override name = "SignInNeeded";
  constructor() {
    super("a proxy in front of it asks to sign in: load this page again");
  }
}

/**
 * Asks the ingest, with the token of this tab; when that is refused, with those of other open tabs,
 * and keeps the one that is taken. Throws `SignInNeeded` when a proxy answered instead, and what
 * `fetch` throws.
 */
export async function request(
  path: string,
  headers: Record<string, string> = {},
  signal?: AbortSignal,
): Promise<Response> {
  const first = await ask(path, headers, token.get(), signal);
  if (!isRefused(first)) return first;
  for (const offer of await borrowTokens()) {
    const next = await ask(path, headers, offer, signal);
    if (isRefused(next)) continue;
    token.set(offer);
    return next;
  }
  return first;
}

const isRefused = ({ status }: Response) => status === 401 || status === 403;

/** A redirect comes from a proxy: the ingest never sends one. */
async function ask(
  path: string,
  headers: Record<string, string>,
  secret: string | null,
  signal: AbortSignal | undefined,
): Promise<Response> {
  const response = await fetch(path, {
    headers: secret === null ? headers : { ...headers, authorization: `Bearer ${secret}` },
    signal,
    cache: "no-store",
    // The ingest reads no cookie, but an identity proxy in front of it may.
    credentials: "same-origin",
    redirect: "manual",
  });
  const json = response.headers.get("content-type")?.includes("json") === true;
  if (response.type === "opaqueredirect" || (isRefused(response) && !json)) {
    throw new SignInNeeded();
  }
  return response;
}

/** Why a request had no answer, in plain words. */
export function whyUnanswered(error: unknown): string {
  if (error instanceof SignInNeeded) return error.message;
  return error instanceof TypeError ? "the ingest can't be reached" : `${error}`;
}

/** What the ingest says of a request that it refused, else the HTTP status. */
export async function problemOf(response: Response): Promise<string> {
  const body = fields(await response.json().catch(() => null));
  return text(body.detail) || text(body.title) || `HTTP ${response.status}`;
}

/** One incident, as the page lists it. */
export interface IncidentSummary {
  id: string;
  title: string;
  filter: string;
  /** Times in UTC, as ISO 8601; empty where the ingest did not say. */
  createdAt: string;
  lastActivityAt: string;
  closed: boolean;
  /** It is an archive that was imported. */
  imported: boolean;
  /** Nothing was stored of it. */
  empty: boolean;
}

/** An incident from the ingest's JSON; a field that is missing or of a wrong type is empty. */
export function readIncident(value: unknown): IncidentSummary {
  const from = fields(value);
  return {
    id: text(from.id),
    title: text(from.title),
    filter: text(from.filter),
    createdAt: text(from.createdAt),
    lastActivityAt: text(from.lastActivityAt) || text(from.createdAt),
    closed: Boolean(from.closed ?? from.closedAt ?? false),
    imported: text(from.importedAt) !== "",
    empty: fields(from.counters).batches === 0,
  };
}

/** The incidents of a list from the ingest; those without an id are left out. */
export const readIncidents = (value: unknown): IncidentSummary[] =>
  list(fields(value).incidents).map(readIncident).filter(({ id }) => id !== "");

/** What the report of an incident adds up to. */
export interface Overview {
  nodes: string[];
  /** How many problems still are, and how many are over or mended. */
  problems: { active: number; ended: number; healed: number };
  /** Number of connections and other questions, else of flows. */
  asked: number;
  /** First and last thing reported, in UTC as ISO 8601; empty before there is one. */
  from: string;
  to: string;
}

/** What an incident adds up to; a field that is missing or of a wrong type is empty. */
export function readOverview(value: unknown): Overview {
  const from = fields(value);
  const problems = fields(from.problems);
  return {
    nodes: list(from.nodes).map((one) => text(one)),
    problems: {
      active: number(problems.active),
      ended: number(problems.ended),
      healed: number(problems.healed),
    },
    asked: number(from.exchanges) || number(from.flows),
    from: text(from.from),
    to: text(from.to),
  };
}
