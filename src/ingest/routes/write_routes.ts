/** Routes that take what probes send, and archives. */
import type { Context, Hono } from "hono";
import { acceptBatches } from "../intake/accept.ts";
import { Admission } from "../intake/admission.ts";
import { principalOf, requireRole } from "../access/auth.ts";
import { encodingOf } from "../http/body.ts";
import type { Deps, Env } from "../deps.ts";
import { importArchive } from "../archive/import.ts";
import { incidentId, shown, visibleIncident } from "./incident_routes.ts";
import type { Metrics } from "../http/metrics.ts";
import { Problem } from "../http/problem.ts";

export function addWriteRoutes(app: Hono<Env>, deps: Deps, metrics: Metrics): void {
  const admission = deps.admission ?? new Admission(deps.limits, deps.clock);
  const { bodiesInFlightMax, bodiesPerTokenMax } = deps.limits;
  /** Bodies being read, by token. */
  const reading = new Map<string, number>();
  let inFlight = 0;

  /** Each body being read takes memory, so there are only so many at once. */
  const bounded = async <T>(c: Context<Env>, read: () => Promise<T>): Promise<T> => {
    const { id } = principalOf(c);
    const own = reading.get(id) ?? 0;
    if (inFlight >= bodiesInFlightMax || own >= bodiesPerTokenMax) {
      const detail = `Cannot read body: ${inFlight} are being read, ${own} of this token, ` +
        `must be at most ${bodiesInFlightMax} and ${bodiesPerTokenMax}; wait 1 s`;
      throw new Problem(503, "busy", detail, { headers: { "retry-after": "1" } });
    }
    inFlight += 1;
    reading.set(id, own + 1);
    try {
      return await read();
    } finally {
      inFlight -= 1;
      const left = reading.get(id)! - 1;
      if (left === 0) reading.delete(id);
      else reading.set(id, left);
    }
  };

  const takeBatches = async (c: Context<Env>) => {
    const incident = incidentId(c);
    requireRole(c, "probe", incident);
    await visibleIncident(deps, incident);
    const encoding = encodingOf(c.req.header("content-encoding"));
    const answer = await bounded(
      c,
      () => acceptBatches({ deps, metrics, incident, admission }, c.req.raw.body, encoding),
    );
    return c.json(answer);
  };

  app.post("/v1/incidents/:id/batches", takeBatches);
  // The same lines: a name of its own only says what is in them.
  app.post("/v1/incidents/:id/state", takeBatches);

  app.post("/v1/incidents/:id/archive", async (c) => {
    const id = incidentId(c);
    requireRole(c, "operator", null);
    encodingOf(c.req.header("content-encoding"));
    const partial = c.req.query("partial") === "1";
    const answer = await bounded(
      c,
      () => importArchive(deps, metrics, id, c.req.raw.body, partial),
    );
    const incident = shown(await visibleIncident(deps, id));
    return c.json({ ...answer, incident }, 201, { location: `/v1/incidents/${id}` });
  });
}
