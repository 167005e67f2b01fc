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

export function request(path: string, headers: Record<string, string> = {}, signal?: AbortSignal) {
  const secret = token.get();
  return fetch(path, {
    headers: secret === null ? headers : { ...headers, authorization: `Bearer ${secret}` },
    signal,
    cache: "no-store",
    credentials: "omit",
  });
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
