/** What a cluster's API tells while a capture runs, beside what the nodes see. */
import type { ClusterState } from "../../event/cluster/state.ts";
import type { NamedPlace } from "../../event/filter/mod.ts";
import { openApi } from "../../kube/open.ts";
import type { AccessWords } from "../../kube/access.ts";
import { ClusterReader } from "../../kube/reader.ts";
import { placesOf } from "../../kube/places.ts";
import { ClusterTeller, type TellerBatch } from "../../kube/teller.ts";

const FLUSH_MS = 500;
/** How long the start of a capture waits for the first lists. */
const LISTED_MS_MAX = 5_000;

/** Places that wait until somebody takes them, about. */
const PLACES_MAX = 50_000;

/** A cluster that is being asked. */
export interface ClusterNames {
  /** What a filter can name, as it was first listed; then whatever comes is given to `onPlaces`. */
  places: readonly NamedPlace[];
  onPlaces(take: (places: readonly NamedPlace[]) => void): void;
  /** Tells what changed up to now, and ends. */
  stop(): Promise<void>;
}

/**
 * Begins to ask it; resolves when everything was listed once, or when that takes long. Rejects with what
 * `openApi` does.
 */
export async function askCluster(
  words: AccessWords,
  { incident, onBatch, onTold = () => {}, progress }: {
    incident: string;
    /** Takes each line of the API as it is told. */
    onTold?: (line: ClusterState) => void;
    onBatch: (batch: TellerBatch) => void;
    progress: (text: string) => void;
  },
): Promise<ClusterNames> {
  const api = await openApi(words);
  const teller = new ClusterTeller(incident, onBatch);
  const places: NamedPlace[] = [];
  let onPlaces = (more: readonly NamedPlace[]): void => {
    if (places.length < PLACES_MAX) places.push(...more);
  };
  const reader = new ClusterReader(api, {
    onLine(line) {
      teller.push(line);
      onTold(line);
      const more = placesOf(line);
      if (more.length > 0) onPlaces(more);
    },
    onNotice: progress,
  });
  const timer = setInterval(() => teller.flush(), FLUSH_MS);
  let late: ReturnType<typeof setTimeout> | undefined;
  await Promise.race([
    reader.listed,
    new Promise<void>((resolve) => late = setTimeout(resolve, LISTED_MS_MAX)),
  ]);
  clearTimeout(late);
  teller.flush();
  return {
    places,
    onPlaces: (take) => void (onPlaces = take),
    async stop() {
      clearInterval(timer);
      await reader.stop();
      teller.flush();
    },
  };
}
