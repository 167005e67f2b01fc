/// <reference lib="dom" />
/** Requests to the ingest that served this page. The token is sent as a header, never in a URL. */
import { fields, list, text } from "./read.ts";

const KEY = "lasthop-token";

export const token = {
  get(): string | null {
    try {
      return sessionStorage.getItem(KEY);
    } catch {
      // Storage may be forbidden; the token then lives as long as the page.
      return inMemory;
    }
  },
  set(value: string): void {
    inMemory = value;
    try {
      sessionStorage.setItem(KEY, value);
    } catch { /* as above */ }
  },
};
let inMemory: string | null = null;

/** Not the ingest answered but a proxy in front of it, whose session of this browser is over. */
export class SignInNeeded extends Error {
  override name = "SignInNeeded";
  constructor() {
    super("a proxy in front of it asks to sign in: load this page again");
  }
}

/** Throws `SignInNeeded`, and what `fetch` throws. The ingest itself never redirects. */
export async function request(
  path: string,
  headers: Record<string, string> = {},
  signal?: AbortSignal,
): Promise<Response> {
  const secret = token.get();
  const response = await fetch(path, {
    headers: secret === null ? headers : { ...headers, authorization: `Bearer ${secret}` },
    signal,
    cache: "no-store",
    // The ingest reads no cookie, an identity proxy in front of it may.
    credentials: "same-origin",
    redirect: "manual",
  });
  const refused = response.status === 401 || response.status === 403;
  const json = response.headers.get("content-type")?.includes("json") === true;
  if (response.type === "opaqueredirect" || (refused && !json)) throw new SignInNeeded();
  return response;
}

/** Why a request had no answer, in plain words. */
export function whyUnanswered(error: unknown): string {
  if (error instanceof SignInNeeded) return error.message;
  return error instanceof TypeError ? "the ingest can't be reached" : `${error}`;
}

/** The ingest's own words for a refusal, else the status. */
export async function problemOf(response: Response): Promise<string> {
  const body = fields(await response.json().catch(() => null));
  return text(body.detail) || text(body.title) || `HTTP ${response.status}`;
}

export interface IncidentSummary {
  id: string;
  title: string;
  filter: string;
  createdAt: string;
  closed: boolean;
  nodes: string[];
}

export function readIncident(value: unknown): IncidentSummary {
  const from = fields(value);
  return {
    id: text(from.id),
    title: text(from.title),
    filter: text(from.filter),
    createdAt: text(from.createdAt),
    closed: Boolean(from.closed ?? from.closedAt ?? false),
    nodes: list(from.nodes).map((node) => text(node) || text(fields(node).name)).filter(Boolean),
  };
}

export const readIncidents = (value: unknown): IncidentSummary[] =>
  list(fields(value).incidents).map(readIncident).filter(({ id }) => id !== "");
