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

/** What stands for the id of an incident. */
const NEWEST = "newest";

/**
 * The incident that was named, else the one with the latest activity that is not empty; where all
 * are, it says so. Throws LasthopError `no_incident` when the ingest
 * has none, and what the ingest refused.
 */
export async function askedIncident(
  access: Access & { incident?: string },
): Promise<Asked> {
  const client = clientOf(access);
  const { incident = NEWEST } = access;
  if (incident !== NEWEST) return { client, incident };
  const all = newestFirst(await client.listIncidents());
  // Whoever asks for the newest wants to see something.
  const newest = all.find((one) => !isEmpty(one)) ?? all[0];
  if (newest !== undefined) {
    if (isEmpty(newest)) {
      console.error(`lasthop: incident ${newest.id} is empty: no probe has reported to it`);
    }
    return { client, incident: newest.id };
  }
  throw new LasthopError(
    "no_incident",
    `Cannot choose an incident: the ingest at ${access.ingest} has none, must have one`,
  );
}

/** By latest activity, the newest first; equal times by id. */
export function newestFirst(incidents: readonly ShownIncident[]): ShownIncident[] {
  const later = (a: string, b: string) => a === b ? 0 : a < b ? 1 : -1;
  return [...incidents].sort((a, b) => later(activityOf(a), activityOf(b)) || later(a.id, b.id));
}

/** When something last came; an ingest of an earlier version tells only when it was created. */
export const activityOf = ({ lastActivityAt, createdAt }: ShownIncident): string =>
  (lastActivityAt as string | undefined) ?? createdAt;

/** No probe has reported to it. */
export const isEmpty = ({ counters }: ShownIncident): boolean => counters.batches === 0;
