/** A running ingest, and the incident that a command is about. */
import { LasthopError } from "../../event/error.ts";
import { createClient, type IngestClient, type ShownIncident } from "../../ingest/mod.ts";
import type { Access } from "../options.ts";

/** A client of the ingest that was asked for, and the incident. */
export interface Asked {
  client: IngestClient;
  /** Id of the incident. */
  incident: string;
}

/** A client of a running ingest; nothing is sent yet. */
export function clientOf({ ingest, token }: Access): IngestClient {
  // An empty LASTHOP_TOKEN is how a shell says that there is none.
  return createClient({ url: ingest, token: token === "" ? undefined : token });
}

/**
 * The incident that was named, else the newest. Throws LasthopError `no_incident` when the ingest
 * has none, and what the ingest refused.
 */
export async function askedIncident(
  access: Access & { incident?: string },
): Promise<Asked> {
  const client = clientOf(access);
  if (access.incident !== undefined) return { client, incident: access.incident };
  const newest = newestFirst(await client.listIncidents())[0];
  if (newest !== undefined) return { client, incident: newest.id };
  throw new LasthopError(
    "no_incident",
    `Cannot choose an incident: the ingest at ${access.ingest} has none, must have one`,
  );
}

/** By time of creation, the newest first; equal times by id. */
export function newestFirst(incidents: readonly ShownIncident[]): ShownIncident[] {
  return [...incidents].sort((a, b) =>
    a.createdAt === b.createdAt ? (a.id < b.id ? 1 : -1) : a.createdAt < b.createdAt ? 1 : -1
  );
}
