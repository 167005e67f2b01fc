/** The ingest as one Hono app. What it needs is injected: it runs on Deno and on Workers alike. */
import { type Context, Hono } from "hono";
import { audited, AuditLog } from "./access/audit.ts";
import { authenticate, requireRole } from "./access/auth.ts";
import { crossOrigin } from "./access/cross_origin.ts";
import { incidentId } from "./access/named_incident.ts";
import { RateLimit } from "./access/rate_limit.ts";
import type { Deps, Env } from "./deps.ts";
import { asset, securityHeaders } from "./http/assets.ts";
import { BodySlots } from "./http/body_slots.ts";
import { Metrics } from "./http/metrics.ts";
import { Problem, problemResponse } from "./http/problem.ts";
import { readQuery } from "./http/query.ts";
import { Admission } from "./intake/admission.ts";
import { LocalEntry } from "./intake/entry.ts";
import { ReadReports } from "./routes/read_reports.ts";
import { type Operation, pathParameters, routePath, type Serving } from "./routes/operation.ts";
import { ProblemMetrics } from "./routes/problem_metrics.ts";
import { OPERATIONS } from "./routes/operations.ts";
import { StoreFull } from "./stores/store.ts";

export type { AuthSettings, Deps, Env, WebAssets } from "./deps.ts";

/** The app: every operation as a route, behind what holds for all of them, and the page. */
export function createApp(deps: Deps): Hono<Env> {
  const { limits, clock } = deps;
  const app = new Hono<Env>();
  const metrics = new Metrics();
  const serving: Serving = {
    deps,
    metrics,
    entry: deps.entry ?? new LocalEntry(deps.store, new Admission(limits, clock), clock),
    bodies: new BodySlots(limits.bodiesInFlightMax, limits.bodiesPerTokenMax, "read", {
      waitMs: limits.bodyWaitMs,
      waitingMax: limits.bodiesWaitingMax,
    }, deps.bodyHeldMsMax),
    answers: new BodySlots(limits.answersInFlightMax, limits.answersPerTokenMax, "sent"),
    rereads: new RateLimit(limits.rereadCharsPerSecond, limits.rereadCharsPerSecond * 10, clock),
    reports: new ReadReports(),
    problems: new ProblemMetrics(),
  };

  app.use(securityHeaders);
  app.use(async (c, next) => {
    await next();
    metrics.responded(c.res.status);
  });
  app.onError((error) => problemResponse(problemOf(error, deps, metrics)));

  // What needs no token comes first: the guards below see only requests that nothing before answered.
  for (const operation of OPERATIONS) if (operation.role === null) add(app, operation, serving);
  guard(app, serving);
  for (const operation of OPERATIONS) if (operation.role !== null) add(app, operation, serving);

  app.get("*", (c) => asset(deps, c.req.path) ?? problemResponse(notFound(c.req.path)));
  app.notFound((c) => problemResponse(notFound(c.req.path)));
  return app;
}

/** Who asks is found out, slowed down when that is too often, and noted. */
function guard(app: Hono<Env>, { deps, metrics, entry }: Serving): void {
  const { allowOrigins = [] } = deps.auth;
  if (allowOrigins.length > 0) app.use("/v1/*", crossOrigin(allowOrigins));
  const { requestsPerSecond, requestsBurst } = deps.limits;
  const rateLimit = new RateLimit(requestsPerSecond, requestsBurst, deps.clock);
  const { guessesPerSecond, guessesBurst } = deps.limits;
  const guesses = new RateLimit(guessesPerSecond, guessesBurst, deps.clock);
  const authenticated = authenticate({ ...deps, entry }, rateLimit, guesses);
  const audit = new AuditLog(deps, () => metrics.add("audit_failures"));
  app.use("/v1/*", audited(audit, ACTIONS), authenticated);
  app.use("/metrics", authenticated);
}

/** What the audit calls each operation, by method and path as Hono knows its routes. */
const ACTIONS: ReadonlyMap<string, string | null> = new Map(
  OPERATIONS.map((operation) => [
    `${operation.method.toUpperCase()} ${routePath(operation)}`,
    operation.audit,
  ]),
);

/** Adds the route of an operation: its role and its query are checked, then its handler runs. */
function add(app: Hono<Env>, operation: Operation, serving: Serving): void {
  const namesIncident = pathParameters(operation).includes("id");
  app.on(operation.method.toUpperCase(), routePath(operation), (c) => {
    const id = namesIncident ? incidentId(c) : "";
    mayAsk(c, operation, id);
    const query = readQuery(c.req.url, operation.query ?? {});
    return operation.handle({ ...serving, c, id, query });
  });
}

function mayAsk(c: Context<Env>, { role, tokenFor }: Operation, id: string): void {
  if (role === null) return;
  if (tokenFor === "any") requireRole(c, role, c.get("principal")?.incident ?? null);
  else requireRole(c, role, tokenFor === "all" || id === "" ? null : id);
}

function notFound(path: string): Problem {
  const is = JSON.stringify(path.slice(0, 100));
  const detail = `Cannot find ${is}: no such path or method, must be one of /v1/openapi.json`;
  return new Problem(404, "path_missing", detail);
}

function problemOf(error: unknown, { log }: Deps, metrics: Metrics): Problem {
  if (error instanceof Problem) {
    if (error.status === 429) metrics.add("rate_limited");
    if (error.status === 401) metrics.add("unauthenticated");
    return error;
  }
  if (error instanceof StoreFull) {
    metrics.add("out_of_storage");
    const detail = "Cannot store: the disk is full, must have room; try again later";
    return new Problem(507, "storage_full", detail);
  }
  metrics.add("failures");
  log?.(`Cannot serve request: ${error instanceof Error ? error.stack : error}`);
  const detail = "Cannot serve request: the ingest failed inside, its log tells why";
  return new Problem(500, "internal", detail);
}
