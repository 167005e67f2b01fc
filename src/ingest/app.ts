/** The ingest as one Hono app. What it needs is injected: it runs on Deno and on Workers alike. */
import { Hono } from "hono";
import { asset, securityHeaders } from "./http/assets.ts";
import { audited, AuditLog } from "./access/audit.ts";
import { addAuditRoutes } from "./routes/audit_routes.ts";
import { authenticate, requireRole } from "./access/auth.ts";
import { crossOrigin } from "./access/cross_origin.ts";
import type { Deps, Env } from "./deps.ts";
import { addIncidentRoutes, addReadRoutes } from "./routes/incident_routes.ts";
import { Metrics } from "./http/metrics.ts";
import { openApiDocument, reportSchema } from "./routes/openapi.ts";
import { Problem, problemResponse } from "./http/problem.ts";
import { RateLimit } from "./access/rate_limit.ts";
import { StoreFull } from "./stores/store.ts";
import { addTokenRoutes } from "./routes/token_routes.ts";
import { addWriteRoutes } from "./routes/write_routes.ts";

export type { AuthSettings, Deps, Env, WebAssets } from "./deps.ts";

export function createApp(deps: Deps): Hono<Env> {
  const { limits, clock } = deps;
  const app = new Hono<Env>();
  const metrics = new Metrics();
  const rateLimit = new RateLimit(limits.requestsPerSecond, limits.requestsBurst, clock);

  app.use(securityHeaders);
  app.use(async (c, next) => {
    await next();
    metrics.responded(c.res.status);
  });
  app.onError((error) => problemResponse(problemOf(error, deps, metrics)));

  app.get("/healthz", (c) => c.text("ok\n"));
  app.get("/v1/openapi.json", (c) => c.json(openApiDocument()));
  app.get("/v1/schema/report.json", (c) => c.json(reportSchema()));

  const { allowOrigins = [] } = deps.auth;
  if (allowOrigins.length > 0) app.use("/v1/*", crossOrigin(allowOrigins));
  const authenticated = authenticate(deps, rateLimit);
  const audit = new AuditLog(deps, () => metrics.add("audit_failures"));
  app.use("/v1/*", audited(audit), authenticated);
  app.use("/metrics", authenticated);
  app.get("/metrics", async (c) => {
    requireRole(c, "viewer", null);
    return c.text(metrics.text(await deps.hub.readFigures()), 200, {
      "content-type": "text/plain; version=0.0.4; charset=utf-8",
    });
  });
  addIncidentRoutes(app, deps);
  addReadRoutes(app, deps);
  addWriteRoutes(app, deps, metrics);
  addTokenRoutes(app, deps);
  addAuditRoutes(app, deps);

  app.get("*", (c) => asset(deps, c.req.path) ?? problemResponse(notFound(c.req.path)));
  app.notFound((c) => problemResponse(notFound(c.req.path)));
  return app;
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
