/** Routes of tokens: made by operators, shown once, revoked at any time. */
import type { Context, Hono } from "hono";
import { CreateToken } from "./api_schemas.ts";
import { requireRole } from "../access/auth.ts";
import type { Deps, Env } from "../deps.ts";
import { incidentId, visibleIncident } from "./incident_routes.ts";
import { Problem } from "../http/problem.ts";
import { readJson } from "../http/read_json.ts";
import { mintToken } from "../access/tokens.ts";

const iso = (ms: number | null) => ms === null ? null : new Date(ms).toISOString();

/** The same for one incident and, without an incident in the path, for all. */
export function addTokenRoutes(app: Hono<Env>, deps: Deps): void {
  for (const base of ["/v1/incidents/:id/tokens", "/v1/tokens"]) {
    app.post(base, async (c) => {
      const incident = await scope(c, deps);
      const { role, expiresInSeconds = null } = await readJson(c, CreateToken, deps.clock);
      const minted = await mintToken(deps.store, deps.clock, { role, incident, expiresInSeconds });
      if (minted === "full") {
        const detail = "Cannot create token: there are as many as allowed, one must be deleted";
        throw new Problem(409, "tokens_full", detail);
      }
      c.set("subject", minted.id);
      const { createdMs, expiresMs, ...rest } = minted;
      return c.json({ ...rest, createdAt: iso(createdMs), expiresAt: iso(expiresMs) }, 201);
    });

    app.get(base, async (c) => {
      const tokens = await deps.store.listTokens(await scope(c, deps));
      return c.json({
        tokens: tokens.map(({ id, role, incident, createdMs, expiresMs }) => ({
          id,
          role,
          incident,
          createdAt: iso(createdMs),
          expiresAt: iso(expiresMs),
        })),
      });
    });

    app.delete(`${base}/:token`, async (c) => {
      const incident = await scope(c, deps);
      const token = c.req.param("token")!;
      if (await deps.store.deleteToken(incident, token)) {
        c.set("subject", token);
        return c.body(null, 204);
      }
      const detail = "Cannot delete token: there is none with this id, must be one that was made";
      throw new Problem(404, "token_missing", detail);
    });
  }
}

async function scope(c: Context<Env>, deps: Deps): Promise<string | null> {
  if (c.req.param("id") === undefined) {
    requireRole(c, "operator", null);
    return null;
  }
  const incident = incidentId(c);
  requireRole(c, "operator", incident);
  await visibleIncident(deps, incident);
  return incident;
}
