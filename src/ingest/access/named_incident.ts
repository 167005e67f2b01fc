/** The incident that a request names in its path. */
import type { Context } from "hono";
import type { Deps, Env } from "../deps.ts";
import { Problem } from "../http/problem.ts";
import type { Incident } from "../stores/store.ts";

/** Also a path segment and a file name, so it has no character that means anything there. */
export const INCIDENT_ID = /^[A-Za-z0-9][A-Za-z0-9._-]{0,127}$/;

/** The answer for an incident that does not exist, or that the request may not know of. */
export function noIncident(incident: string): Problem {
  const detail = `Cannot find incident: there is no "${incident}", must have been created here`;
  return new Problem(404, "incident_missing", detail);
}

/** `:id` of the path. Throws Problem `incident_missing` when no incident can be named so. */
export function incidentId(c: Context<Env>): string {
  const id = c.req.param("id") ?? "";
  if (!INCIDENT_ID.test(id)) throw noIncident(id.slice(0, 128));
  return id;
}

/**
 * The incident with this id. Throws Problem `incident_missing` when there is none, or when it is
 * still being imported.
 */
export async function visibleIncident(
  { store }: Pick<Deps, "store">,
  id: string,
): Promise<Incident> {
  const incident = await store.getIncident(id);
  if (incident === null || incident.importing) throw noIncident(id);
  return incident;
}
