/**
 * Who did what. Each change is an entry. Reading, writing batches and refused requests are entries,
 * too, but the same one by the same token is not written again for `auditRepeatMs`, so that a poll
 * every second does not fill the audit.
 */
import type { Context, MiddlewareHandler } from "hono";
import { matchedRoutes } from "hono/route";
import type { Deps, Env } from "../deps.ts";
import { INCIDENT_ID } from "./named_incident.ts";
import { Problem } from "../http/problem.ts";
import type { AuditEntry } from "../stores/store.ts";

type AuditDeps = Pick<Deps, "store" | "clock" | "limits" | "log">;

const REPEATS_KEPT_MAX = 10_000;

/** Writes entries of the audit, without repetitions. */
export class AuditLog {
  /** When each kind of repetition was last written, oldest first. */
  #written = new Map<string, number>();

  constructor(readonly deps: AuditDeps, readonly onFailure: () => void = () => {}) {}

  /** Never throws: what was done is done, and must be answered though nobody could note it. */
  async record(did: Omit<AuditEntry, "atMs">): Promise<void> {
    const { store, clock, log } = this.deps;
    if (!did.change && !this.#isFirst(did)) return;
    try {
      await store.appendAudit({ ...did, atMs: clock.wallMs() });
    } catch (error) {
      this.onFailure();
      log?.(`Cannot write audit entry ${JSON.stringify(did)}: ${error}`);
    }
  }

  #isFirst({ token, action, outcome, incident }: Omit<AuditEntry, "atMs">): boolean {
    // Someone who is refused may try any name, so for refusals the name makes no difference.
    const key = JSON.stringify([token, action, outcome, outcome === "ok" ? incident : ""]);
    const nowMs = this.deps.clock.monotonicMs();
    const atMs = this.#written.get(key);
    if (atMs !== undefined && nowMs - atMs < this.deps.limits.auditRepeatMs) return false;
    this.#written.delete(key);
    this.#written.set(key, nowMs);
    if (this.#written.size > REPEATS_KEPT_MAX) {
      this.#written.delete(this.#written.keys().next().value!);
    }
    return true;
  }
}

/** Changes are done by people, and seldom. Batches are left out: they come all the time. */
const isChange = (method: string, action: string) =>
  method !== "GET" && action !== "batches.write" && action !== "batches.relay";

/**
 * Notes what became of each request before it is answered. Runs around the authentication. `actions`
 * names what each route does, by `METHOD PATH` as Hono knows it; what has no name is not noted.
 */
export function audited(
  audit: AuditLog,
  actions: ReadonlyMap<string, string | null>,
): MiddlewareHandler<Env> {
  return async (c, next) => {
    await next();
    // The route that answered. A refused token ends before it, but the route is matched all the same.
    const route = matchedRoutes(c).find(({ method }) => method !== "ALL");
    const action = actions.get(`${route?.method} ${route?.path}`) ?? null;
    const principal = c.get("principal") ?? c.get("expired");
    if (route === undefined || action === null || principal === undefined) return;
    const outcome = outcomeOf(c);
    await audit.record({
      token: principal.id,
      role: principal.role,
      action,
      change: outcome === "ok" && isChange(route.method, action),
      incident: incidentOf(c),
      subject: c.get("subject") ?? null,
      outcome,
    });
  };
}

function outcomeOf(c: Context<Env>): string {
  if (c.error instanceof Problem) return c.error.code;
  return c.res.status < 400 ? "ok" : "internal";
}

function incidentOf(c: Context<Env>): string | null {
  // A request that was refused before its handler has no parameters yet, so the path is read.
  const inPath = c.req.param("id") ?? /^\/v1\/incidents\/([^/]+)/.exec(c.req.path)?.[1];
  const id = inPath ?? c.get("created") ?? c.get("principal")?.incident ?? null;
  return id !== null && INCIDENT_ID.test(id) ? id : null;
}
