/** Routes of incidents themselves: create, list, read, close, delete, report, live, archive. */
import type { Context, Hono } from "hono";
import type { Flow, Report } from "../../event/report.ts";
import { noIncident } from "../intake/accept.ts";
import { CreateIncident, INCIDENT_ID, SetShards, type ShownIncident } from "./api_schemas.ts";
import { archiveFile } from "../archive/archive.ts";
import { principalOf, requireRole } from "../access/auth.ts";
import type { Deps, Env } from "../deps.ts";
import { guardedStream } from "../live/guarded_stream.ts";
import { Problem } from "../http/problem.ts";
import { readJson } from "../http/read_json.ts";
import type { Incident } from "../stores/store.ts";
import { isStillGood } from "../access/tokens.ts";

/** An incident as the API shows it. */
export function shown(incident: Incident): ShownIncident {
  const { id, title, filter, createdMs, closedMs, shards, revision, counters } = incident;
  const { batches, duplicates, events, states, refused, strayLines } = counters;
  const { evicted, evictedStates, bytes } = counters;
  return {
    id,
    title,
    filter,
    createdAt: new Date(createdMs).toISOString(),
    closedAt: closedMs === null ? null : new Date(closedMs).toISOString(),
    shards,
    revision,
    counters: {
      batches,
      duplicates,
      events,
      states,
      refused,
      strayLines,
      evicted,
      evictedStates,
      bytes,
    },
  };
}

export function incidentId(c: Context<Env>): string {
  const id = c.req.param("id") ?? "";
  if (!INCIDENT_ID.test(id)) throw noIncident(id.slice(0, 128));
  return id;
}

/** The incident of the path, when it exists and is not still being imported. */
export async function visibleIncident({ store }: Deps, id: string): Promise<Incident> {
  const incident = await store.getIncident(id);
  if (incident === null || incident.importing) throw noIncident(id);
  return incident;
}

export function addIncidentRoutes(app: Hono<Env>, deps: Deps): void {
  const { store, clock, hub } = deps;

  app.post("/v1/incidents", async (c) => {
    requireRole(c, "operator", null);
    const wanted = await readJson(c, CreateIncident, clock);
    const id = wanted.id ?? crypto.randomUUID();
    c.set("created", id);
    const created = await store.createIncident({
      id,
      title: wanted.title,
      filter: wanted.filter,
      createdMs: clock.wallMs(),
      importing: false,
      shards: wanted.shards,
    });
    if (created !== "created") throw cannotCreate(id, created);
    const incident = await visibleIncident(deps, id);
    return c.json(shown(incident), 201, { location: `/v1/incidents/${id}` });
  });

  app.get("/v1/incidents", async (c) => {
    const { incident: only } = principalOf(c);
    requireRole(c, "viewer", only);
    const incidents = await store.listIncidents();
    const seen = incidents.filter(({ id }) => only === null || only === id);
    return c.json({ incidents: seen.map(shown) });
  });

  app.get("/v1/incidents/:id", async (c) => {
    const id = incidentId(c);
    requireRole(c, "viewer", id);
    return c.json(shown(await visibleIncident(deps, id)));
  });

  app.post("/v1/incidents/:id/close", async (c) => {
    const id = incidentId(c);
    requireRole(c, "operator", id);
    await visibleIncident(deps, id);
    await store.closeIncident(id, clock.wallMs());
    hub.changed(id);
    return c.json(shown(await visibleIncident(deps, id)));
  });

  app.post("/v1/incidents/:id/shards", async (c) => {
    const id = incidentId(c);
    requireRole(c, "operator", id);
    await visibleIncident(deps, id);
    const { shards } = await readJson(c, SetShards, clock);
    const there = await store.growIncident(id, shards);
    if (there === null) throw noIncident(id);
    if (there < shards) {
      const detail = `Cannot spread incident: this ingest keeps it in ${there} shards at most, ` +
        `must be asked for no more`;
      throw new Problem(409, "shards_fixed", detail);
    }
    return c.json(shown(await visibleIncident(deps, id)));
  });

  app.delete("/v1/incidents/:id", async (c) => {
    const id = incidentId(c);
    requireRole(c, "operator", id);
    await visibleIncident(deps, id);
    await store.deleteIncident(id);
    hub.deleted(id);
    return c.body(null, 204);
  });
}

function cannotCreate(id: string, why: "exists" | "full"): Problem {
  const detail = why === "exists"
    ? `incident "${id}" exists already, must be a new id`
    : "there are as many as allowed, one must be deleted first";
  const code = why === "exists" ? "incident_exists" : "incidents_full";
  return new Problem(409, code, `Cannot create incident: ${detail}`);
}

const LIVE_HEADERS = {
  "content-type": "text/event-stream; charset=utf-8",
  // A proxy that buffers would hold the stream back.
  "x-accel-buffering": "no",
};

export function addReadRoutes(app: Hono<Env>, deps: Deps): void {
  const { store, clock, hub, limits } = deps;

  /** The report last read for its flows: who wants one often wants the next. */
  let parsed: { json: string; flows: Map<string, Flow> } | null = null;

  const reportOf = async (c: Context<Env>) => {
    const id = incidentId(c);
    requireRole(c, "viewer", id);
    await visibleIncident(deps, id);
    const json = await hub.reportJson(id);
    if (json === null) throw noIncident(id);
    return json;
  };

  app.get("/v1/incidents/:id/report", async (c) => {
    return c.body(await reportOf(c), 200, { "content-type": "application/json" });
  });

  app.get("/v1/incidents/:id/flows/:flow", async (c) => {
    const json = await reportOf(c);
    if (parsed?.json !== json) {
      const { flows } = JSON.parse(json) as Report;
      parsed = { json, flows: new Map(flows.map((flow) => [flow.id, flow])) };
    }
    const wanted = c.req.param("flow");
    const flow = parsed.flows.get(wanted);
    if (flow !== undefined) return c.json(flow);
    const is = JSON.stringify(wanted.slice(0, 200));
    const detail = `Cannot find flow: there is no ${is}, must be an id of the report`;
    throw new Problem(404, "flow_missing", detail);
  });

  app.get("/v1/incidents/:id/live", async (c) => {
    const id = incidentId(c);
    const viewer = requireRole(c, "viewer", id);
    await visibleIncident(deps, id);
    // Only the headers are wanted: a viewer would wait for a reader that never comes.
    if (c.req.raw.method === "HEAD") return c.body(null, 200, LIVE_HEADERS);
    const cursor = c.req.header("last-event-id") ?? null;
    const stream = await hub.live(id, cursor, () => c.req.raw.signal);
    if (stream !== null) {
      const allowed = () => isStillGood(viewer, store, clock);
      const guard = { allowed, everyMs: limits.tokenCheckMs, clock };
      return c.body(guardedStream(stream, guard), 200, LIVE_HEADERS);
    }
    const detail = `Cannot open live stream: ${limits.viewersMax} viewers already, must be fewer`;
    throw new Problem(503, "viewers_full", detail, { headers: { "retry-after": "10" } });
  });

  app.get("/v1/incidents/:id/archive", async (c) => {
    const id = incidentId(c);
    requireRole(c, "viewer", id);
    const incident = await visibleIncident(deps, id);
    const file = archiveFile(store, incident) as ReadableStream<Uint8Array<ArrayBuffer>>;
    return c.body(file, 200, {
      "content-type": "application/gzip",
      "content-disposition": `attachment; filename="${id}.lasthop.gz"`,
    });
  });
}
