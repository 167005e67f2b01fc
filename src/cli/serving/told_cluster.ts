/** `lasthop serve --kubeconfig`: the API of a cluster is asked here, once, for all incidents that are open. */
import type { NamedFilter } from "../../event/filter/mod.ts";
import type { ToldPlace } from "../../event/filter/told_places.ts";
import type { IngestClient } from "../../ingest/mod.ts";
import type { KubeApi } from "../../kube/api.ts";
import { ClusterAudience } from "../../kube/audience.ts";
import { ClusterReader } from "../../kube/reader.ts";
import { pause } from "../../timers/pause.ts";
import { NamedPlaces } from "./named_places.ts";
import { ToldIncident } from "./told_incident.ts";

/** How often it is looked which incidents are open, and what was told is sent. Milliseconds. */
const LOOK_MS = 1_000;
/** Incidents that are being told. */
export interface ClusterTold {
  /** The incident is about to be closed: what was heard of up to now is sent. Never rejects. */
  finish(incident: string): Promise<void>;
  /** What the cluster has now for the names of a filter. */
  names(filter: NamedFilter): ToldPlace[];
  /** Resolves when the last of it was sent. */
  done: Promise<void>;
}

/** Asks the API until `ended`, and closes it then. */
export function tellCluster(
  client: IngestClient,
  api: KubeApi,
  { ended, progress }: { ended: Promise<unknown>; progress: (text: string) => void },
): ClusterTold {
  const audience = new ClusterAudience();
  const reader = new ClusterReader(api, {
    onLine: (line) => audience.push(line),
    onNotice: progress,
  });
  progress(`names of ${api.cluster} are told to the incidents that are open`);
  const over = new AbortController();
  void ended.then(() => over.abort());
  const told = new Map<string, ToldIncident>();
  const named = new NamedPlaces(() => audience.places());
  return {
    names: (filter) => named.meant(filter),
    finish: async (incident) => await told.get(incident)?.finish(),
    done: follow(),
  };

  async function follow(): Promise<void> {
    while (!over.signal.aborted) {
      // The ingest is this process's own: what fails in it is told by its log.
      await look().catch(() => {});
      await pause(LOOK_MS, over.signal);
    }
    await reader.stop();
    await Promise.all([...told.values()].map((one) => one.send()));
  }

  async function look(): Promise<void> {
    const nowMs = performance.now();
    const open = (await client.listIncidents())
      .filter(({ closedAt, importedAt }) => closedAt === null && importedAt === null);
    for (const { id, counters } of open) {
      const one = told.get(id) ?? new ToldIncident(client, id, audience);
      told.set(id, one);
      one.look(counters.batches, nowMs);
    }
    const ids = new Set(open.map(({ id }) => id));
    for (const [id, one] of told) {
      if (ids.has(id)) continue;
      one.leave();
      told.delete(id);
    }
  }
}
