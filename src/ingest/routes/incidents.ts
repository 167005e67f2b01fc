/** Operations on incidents themselves: create, list, read, delete, close, spread. */
import { z } from "zod";
import { principalOf } from "../access/auth.ts";
import { INCIDENT_ID, noIncident, visibleIncident } from "../access/named_incident.ts";
import { randomText } from "../access/random_text.ts";
import { Problem } from "../http/problem.ts";
import { readJson } from "../http/read_json.ts";
import { FilterText } from "../intake/filter_text.ts";
import { json, JSON_TYPE, type Operation } from "./operation.ts";
import { shown, ShownIncident } from "./shown_incident.ts";

const SHARDS = z.number().int().min(1).max(64);

/** Body of a creation. */
export const CreateIncident = z.strictObject({
  id: z.string().regex(INCIDENT_ID, {
    error: "must be 1 to 128 letters, digits, dots, dashes or underscores, the first no mark",
  }).optional(),
  // Without defaults in the schema: generated clients would demand what has one.
  title: z.string().max(200).optional(),
  filter: FilterText.optional(),
  /** Over how many shards it is spread; only an ingest that spreads heeds it. */
  shards: SHARDS.optional(),
});

/** Body of a spreading over more shards. */
export const SetShards = z.strictObject({ shards: SHARDS });

/** Body of a closing. */
export const CloseIncident = z.object({
  /**
   * Where who closes it keeps it: told to its viewers at the end of their stream, and nowhere else. An
   * ingest that many share needs none: it keeps the incident itself.
   */
  archive: z.string().min(1).max(4096).optional(),
});

/** Answer of a listing. */
export const IncidentList = z.object({ incidents: z.array(ShownIncident) });

/** What one can do with an incident as a whole. */
export const INCIDENT_OPERATIONS: readonly Operation[] = [
  {
    method: "post",
    operationId: "createIncident",
    path: "/v1/incidents",
    summary: "Create an incident",
    role: "operator",
    audit: "incident.create",
    body: { type: JSON_TYPE, schema: CreateIncident, description: "All of it optional" },
    answer: json(201, ShownIncident, "The incident"),
    async handle({ c, deps }) {
      const { store, clock } = deps;
      const { id = crypto.randomUUID(), title = "", filter = "", shards } = await readJson(
        c,
        CreateIncident,
        clock,
      );
      c.set("created", id);
      const created = await store.createIncident({
        id,
        title,
        filter,
        createdMs: clock.wallMs(),
        importing: false,
        shards,
        secret: randomText(32),
      });
      if (created !== "created") throw cannotCreate(id, created);
      const incident = await visibleIncident(deps, id);
      return c.json(shown(incident), 201, { location: `/v1/incidents/${id}` });
    },
  },
  {
    method: "get",
    operationId: "listIncidents",
    path: "/v1/incidents",
    summary: "List the incidents the token is for, newest first",
    role: "viewer",
    tokenFor: "any",
    audit: "incident.list",
    answer: json(200, IncidentList, "The incidents"),
    async handle({ c, deps: { store } }) {
      const { incident: only } = principalOf(c);
      const incidents = await store.listIncidents();
      const seen = incidents.filter(({ id }) => only === null || only === id);
      return c.json({ incidents: seen.map(shown) });
    },
  },
  {
    method: "get",
    operationId: "readIncident",
    path: "/v1/incidents/{id}",
    summary: "Read an incident and its counters",
    role: "viewer",
    audit: "incident.read",
    answer: json(200, ShownIncident, "The incident"),
    handle: async ({ c, id, deps }) => c.json(shown(await visibleIncident(deps, id))),
  },
  {
    method: "delete",
    operationId: "deleteIncident",
    path: "/v1/incidents/{id}",
    summary: "Delete an incident with its data and tokens",
    role: "operator",
    audit: "incident.delete",
    answer: { status: 204, description: "Deleted" },
    async handle({ c, id, deps }) {
      await visibleIncident(deps, id);
      await deps.store.deleteIncident(id);
      deps.hub.deleted(id);
      return c.body(null, 204);
    },
  },
  {
    method: "post",
    operationId: "closeIncident",
    path: "/v1/incidents/{id}/close",
    summary: "Close an incident: no more batches, nothing is in flight any more",
    role: "operator",
    audit: "incident.close",
    body: { type: JSON_TYPE, schema: CloseIncident, description: "Where it is kept; may be empty" },
    answer: json(200, ShownIncident, "The incident"),
    async handle({ c, id, deps }) {
      await visibleIncident(deps, id);
      const { archive } = await readJson(c, CloseIncident, deps.clock);
      await deps.beforeClose?.(id);
      await deps.store.closeIncident(id, deps.clock.wallMs());
      deps.hub.changed(id);
      if (archive !== undefined) await deps.hub.closed?.(id, archive);
      return c.json(shown(await visibleIncident(deps, id)));
    },
  },
  {
    method: "post",
    operationId: "growIncident",
    path: "/v1/incidents/{id}/shards",
    summary: "Spread an incident over more shards; nothing is lost",
    role: "operator",
    audit: "incident.spread",
    body: { type: JSON_TYPE, schema: SetShards, description: "How many" },
    answer: json(200, ShownIncident, "The incident"),
    async handle({ c, id, deps }) {
      await visibleIncident(deps, id);
      const { shards } = await readJson(c, SetShards, deps.clock);
      const there = await deps.store.growIncident(id, shards);
      if (there === null) throw noIncident(id);
      if (there < shards) throw cannotSpread(there);
      return c.json(shown(await visibleIncident(deps, id)));
    },
  },
];

function cannotCreate(id: string, why: "exists" | "full"): Problem {
  const detail = why === "exists"
    ? `incident "${id}" exists already, must be a new id`
    : "there are as many as allowed, one must be deleted first";
  const code = why === "exists" ? "incident_exists" : "incidents_full";
  return new Problem(409, code, `Cannot create incident: ${detail}`);
}

function cannotSpread(shardsMax: number): Problem {
  const detail = `Cannot spread incident: this ingest keeps it in ${shardsMax} shards at most, ` +
    `must be asked for no more`;
  return new Problem(409, "shards_fixed", detail);
}
