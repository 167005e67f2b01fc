/** Routes of the audit, for operators alone. */
import type { Context, Hono } from "hono";
import { z } from "zod";
import { noIncident } from "../intake/accept.ts";
import type { Audit } from "./api_schemas.ts";
import { requireRole } from "../access/auth.ts";
import type { Deps, Env } from "../deps.ts";
import { incidentId } from "./incident_routes.ts";
import { Problem } from "../http/problem.ts";
import type { AuditQuery, StoredAuditEntry } from "../stores/store.ts";

const PAGE_MAX = 1000;

const Page = z.object({
  limit: z.coerce.number().int().min(1).max(PAGE_MAX).default(200),
  before: z.coerce.number().int().min(1).optional(),
});

export function addAuditRoutes(app: Hono<Env>, deps: Deps): void {
  const { store } = deps;

  const answer = async (c: Context<Env>, query: AuditQuery) => {
    const { entries, evicted } = await store.listAudit(query);
    const next = entries.length === query.limit ? entries.at(-1)!.id : null;
    const audit: Audit = { entries: entries.map(shown), evicted, next };
    return c.json(audit);
  };

  app.get("/v1/audit", (c) => {
    requireRole(c, "operator", null);
    return answer(c, pageOf(c));
  });

  // Also of an incident that was deleted: who did it is what one asks then.
  app.get("/v1/incidents/:id/audit", async (c) => {
    const incident = incidentId(c);
    requireRole(c, "operator", incident);
    const { entries } = await store.listAudit({ incident, limit: 1 });
    if (entries.length === 0 && await store.getIncident(incident) === null) {
      throw noIncident(incident);
    }
    return await answer(c, { incident, ...pageOf(c) });
  });
}

function pageOf(c: Context<Env>): z.infer<typeof Page> {
  const page = Page.safeParse(c.req.query());
  if (page.success) return page.data;
  const { path, message } = page.error.issues[0]!;
  throw new Problem(400, "query_invalid", `Cannot read audit: "${path.join(".")}": ${message}`);
}

function shown({ atMs, change: _, ...entry }: StoredAuditEntry): Audit["entries"][number] {
  return { ...entry, at: new Date(atMs).toISOString() };
}
