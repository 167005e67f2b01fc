/** What the ingest's cluster has for the names of a filter, for a probe that has no cluster to ask. */
import { isNamed, type NamedPlace, parseNamedFilter } from "../../event/filter/mod.ts";
import { heardPlace } from "../../event/filter/told_places.ts";
import { type IngestClient, IngestError } from "../../ingest/client/client.ts";
import { NamesAnswer } from "../../ingest/routes/names.ts";
import { pause } from "../../timers/pause.ts";
import type { ClusterNames } from "./cluster_names.ts";

/** How often it is asked what they mean now. Milliseconds. */
const EVERY_MS = 3_000;
/** How long the start of a capture waits for the first answer. Milliseconds. */
const FIRST_MS_MAX = 3_000;

/** Which ingest, about which incident; tests are faster. */
export interface Served {
  client: Pick<IngestClient, "names">;
  incident: string;
  filter: string;
  everyMs?: number;
}

/**
 * Asks until it is stopped. Undefined where there is nothing to ask for, or nobody: the filter has no name,
 * the ingest asks no cluster, or is older than this question. Never rejects: an ingest that is away is
 * asked again, and names mean until then what they meant before.
 */
export async function askIngest(
  { client, incident, filter, everyMs = EVERY_MS }: Served,
): Promise<ClusterNames | undefined> {
  if (!isNamed(parseNamedFilter(filter))) return undefined;
  const over = new AbortController();
  const ask = async (signal: AbortSignal): Promise<NamedPlace[] | "none" | "away"> => {
    try {
      const answer = NamesAnswer.safeParse(await client.names(incident, filter, signal));
      // Names that are none are believed as little as any others in the same answer.
      if (!answer.success) return "away";
      return answer.data.asked ? answer.data.places.map(heardPlace) : "none";
    } catch (error) {
      const isOlder = error instanceof IngestError && [404, 405].includes(error.status ?? 0) &&
        error.code !== "incident_missing";
      return isOlder ? "none" : "away";
    }
  };
  const first = await ask(AbortSignal.timeout(FIRST_MS_MAX));
  if (first === "none") return undefined;
  let onPlaces = (_: readonly NamedPlace[]): void => {};
  const follow = async () => {
    while (!over.signal.aborted) {
      await pause(everyMs, over.signal);
      if (over.signal.aborted) return;
      const places = await ask(over.signal);
      if (places === "none") return;
      if (places !== "away") onPlaces(places);
    }
  };
  const followed = follow();
  return {
    places: first === "away" ? [] : first,
    onPlaces: (take) => void (onPlaces = take),
    async stop() {
      over.abort();
      await followed;
    },
  };
}
