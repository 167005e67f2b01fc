/// <reference lib="dom" />
/** What the incidents of the list add up to. Each is asked for once until something comes of it. */
import { signal } from "@preact/signals";
import { type IncidentSummary, type Overview, readOverview, request } from "../live/api.ts";

interface Known {
  /** When the incident last changed as it was asked for. */
  of: string;
  overview: Overview;
}

/** By id. */
export const overviews = signal<ReadonlyMap<string, Known>>(new Map());

/** An overview costs the ingest a report: of older incidents than these it is asked when searched for. */
const ASKED_MAX = 40;

/** Asks for what is not known yet, one after the other. Stops at the first that gets no answer. */
export async function loadOverviews(incidents: readonly IncidentSummary[]): Promise<void> {
  for (const incident of incidents.slice(0, ASKED_MAX)) {
    const { id, lastActivityAt, closed, empty } = incident;
    const of = `${lastActivityAt} ${closed}`;
    if (empty || overviews.value.get(id)?.of === of) continue;
    const response = await request(`/v1/incidents/${encodeURIComponent(id)}/overview`);
    // It may have been deleted meanwhile, or an ingest of before does not know the question.
    if (!response.ok) continue;
    const overview = readOverview(await response.json());
    overviews.value = new Map(overviews.value).set(id, { of, overview });
  }
}
