/**
 * What an operation of the API is. One row of a table holds all of it: what the OpenAPI document
 * says, which role it needs, what the audit calls it and the handler. `app.ts` makes the routes from
 * the rows, `openapi.ts` the document.
 */
import type { Context } from "hono";
import type { z } from "zod";
import type { Deps, Env } from "../deps.ts";
import type { RateLimit } from "../access/rate_limit.ts";
import type { BodySlots } from "../http/body_slots.ts";
import type { Metrics } from "../http/metrics.ts";
import type { QueryOf, QueryShape } from "../http/query.ts";
import type { EntryPort } from "../intake/entry.ts";
import type { Role } from "../stores/store.ts";
import type { ReadReports } from "./read_reports.ts";
import type { ProblemMetrics } from "./problem_metrics.ts";

/** What all handlers of one app share. */
export interface Serving {
  deps: Deps;
  metrics: Metrics;
  entry: EntryPort;
  bodies: BodySlots;
  /** Of large answers. */
  answers: BodySlots;
  /** Characters of reports that were read anew, by token. */
  rereads: RateLimit;
  reports: ReadReports;
  problems: ProblemMetrics;
}

/** One request to an operation, after its role was checked. */
export interface Ask<Q = unknown> extends Serving {
  c: Context<Env>;
  /** `{id}` of the path, well formed; empty where the path has none. */
  id: string;
  /** What follows `?`, as the operation's `query` has it. */
  query: Q;
}

/** A row whose handler knows the types of its query. */
export const withQuery = <const S extends QueryShape>(
  row: Omit<Operation, "query" | "handle"> & {
    query: S;
    handle: (ask: Ask<QueryOf<S>>) => Response | Promise<Response>;
  },
): Operation => row as Operation;

/** A row of a table of operations. */
export interface Operation {
  method: "get" | "post" | "delete";
  /** Its name in clients that are generated, `listIncidents`. */
  operationId: string;
  /** As OpenAPI writes it: `/v1/incidents/{id}`. */
  path: string;
  summary: string;
  /** Role that is enough; an operator may do everything. null: no token is needed. */
  role: Role | null;
  /**
   * Which incident the token must be for. Default: the one of the path, and all incidents where the
   * path has none. `all`: all of them in any case; `any`: any token will do.
   */
  tokenFor?: "all" | "any";
  /** What the audit calls it; null: it is not noted, as it tells nothing of anyone. */
  audit: string | null;
  /** What may follow `?`; anything else is refused. Default: nothing. */
  query?: QueryShape;
  /** Names of the headers it reads. */
  headers?: string[];
  /** `schema` absent: text that no schema describes. */
  body?: { type: string; schema?: z.ZodType; description: string };
  /** The success. `type` absent: no content. Every failure is a problem. */
  answer: {
    status: number;
    description: string;
    type?: string;
    schema?: z.ZodType;
    /** Further media types that may be asked for: text that no schema describes. */
    otherTypes?: string[];
  };
  handle: (ask: Ask) => Response | Promise<Response>;
}

/** Media type of most bodies and answers. */
export const JSON_TYPE = "application/json";

/** A success that is JSON. */
export const json = (status: number, schema: z.ZodType, description: string) => ({
  status,
  description,
  type: JSON_TYPE,
  schema,
});

/** The path as Hono knows it: `/v1/incidents/:id`. */
export const routePath = ({ path }: Operation): string => path.replace(/\{(\w+)\}/g, ":$1");

/** Names of the parameters in the path, in its order. */
export const pathParameters = ({ path }: Operation): string[] =>
  [...path.matchAll(/\{(\w+)\}/g)].map(([, name]) => name!);
