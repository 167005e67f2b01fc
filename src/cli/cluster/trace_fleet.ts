/** One trace on many machines: probes are placed, followed, ended and removed; the verdict is printed. */
import { quoted } from "../../analysis/rules/command.ts";
import { requireArchivePath } from "../asking/archive_file.ts";
import { askCluster, type ClusterNames } from "../capture/cluster_names.ts";
import { conclude } from "../capture/conclude.ts";
import { Delivery } from "../capture/delivery.ts";
import type { ClusterState } from "../../event/cluster/state.ts";
import type { TellerBatch } from "../../kube/teller.ts";
import type { Ending } from "../capture/end.ts";
import { filterForProbes } from "../../kube/filter_for_probes.ts";
import { followThere, printLivePaths } from "../capture/live_paths.ts";
import { nameNotices } from "../capture/name_notices.ts";
import type { CaptureOptions } from "../capture/options.ts";
import { removeReadyFile, writeReadyFile } from "../capture/ready_file.ts";
import { stampOf } from "../kept/name.ts";
import { plural } from "../render/mod.ts";
import { EndNodes } from "./end_nodes.ts";
import type { Fleet } from "./fleet.ts";
import { keepArchive } from "./keep_archive.ts";
import { endAll, starter, untilSettled } from "./probes.ts";
import { releaseOthers } from "./release.ts";
import { Roll } from "./roll.ts";

/** What is traced, by whom. */
export interface FleetTrace {
  fleet: Fleet;
  options: CaptureOptions;
  ending: Ending;
  /** Words of `lasthop probe` that bound it. */
  bounds: readonly string[];
  /** Nodes that turn out not to matter are watched no longer. */
  releases?: boolean;
  progress(text: string): void;
}

/**
 * Resolves with the exit code, when the report is printed. Nothing is closed here: `fleet.close` is for
 * whoever opened it. Throws LasthopError `no_probe` when no machine could be watched, and what the
 * fleet throws.
 */
export async function traceFleet(trace: FleetTrace): Promise<number> {
  const { fleet, options, ending, progress } = trace;
  if (options.archive !== undefined) await requireArchivePath(options.archive);
  if (options.readyFile !== undefined) await removeReadyFile(options.readyFile);
  const incident = `cluster-${stampOf(new Date())}`;
  const { client } = fleet;
  const places = await fleet.places();
  await client.createIncident({ id: incident, title: "cluster trace", filter: options.filter });
  const page = fleet.page(incident);
  if (page !== null) progress(`page: ${page}`);
  progress(
    `starting ${plural(places.length, "probe")}: ${places.map(({ name }) => name).join(", ")}`,
  );
  const ends = new EndNodes(options.filter);
  const names = await askNames(trace, incident, (line) => ends.take(line));
  if (names.places !== undefined) {
    const known = { own: [], cluster: names.places };
    for (const line of nameNotices(options.filter, known)) progress(`! ${line}`);
  }
  const filter = filterForProbes(options.filter, names.places ?? []);
  const { forSeconds } = options;
  const { bounds } = trace;
  const start = starter(fleet, { incident, forSeconds, filter, bounds });
  const probes = await Promise.all(places.map(start));
  const live = options.json
    ? null
    : printLivePaths((take, signal) => followThere(client, incident, take, signal));
  const roll = new Roll(places);
  const following = { incident, roll, ending, progress };
  const over = new AbortController();
  let releasing: Promise<void> | undefined;
  try {
    const isReady = await untilSettled(client, { ...following, probes });
    if (isReady) {
      const facts = { pid: Deno.pid, incident, page };
      if (options.readyFile !== undefined) await writeReadyFile(options.readyFile, facts);
      progress("ready: send your traffic");
      ending.startTime(forSeconds);
    }
    if (isReady && trace.releases) {
      releasing = releaseOthers(client, {
        ...{ incident, places, probes, roll, start, progress, signal: over.signal },
        ends: () => ends.nodes,
        follow: (probe) => void untilSettled(client, { ...following, probes: [probe] }),
      });
    }
    const end = await ending.ended;
    over.abort();
    await releasing;
    if (end.by === "failure" && roll.seeing === 0) throw end.failure;
    progress("ending: waiting for packets in flight…");
    await endAll(client, { incident, probes });
  } finally {
    over.abort();
    await names.stop();
    await live?.stop();
  }
  if (roll.missing.length > 0) {
    progress(`not seen, or not to the end: ${roll.missing.join(", ")}`);
  }
  return await tell(trace, incident);
}

/** The cluster's own names, where there is a cluster; a trace goes on without them. */
async function askNames(
  { fleet: { client }, options: { kube }, progress }: FleetTrace,
  incident: string,
  onTold: (line: ClusterState) => void,
): Promise<Pick<ClusterNames, "stop"> & Partial<ClusterNames>> {
  if (kube === undefined) return { stop: () => Promise.resolve() };
  const delivery = new Delivery(client, incident);
  try {
    const onBatch = (batch: TellerBatch) => delivery.push(batch);
    const asked = await askCluster(kube, { incident, onBatch, onTold, progress });
    return {
      places: asked.places,
      async stop() {
        await asked.stop();
        await delivery.drain().catch((error) => progress(`not all names were kept: ${error}`));
      },
    };
  } catch (error) {
    progress(`names are those of the nodes: ${error instanceof Error ? error.message : error}`);
    return { stop: () => Promise.resolve() };
  }
}

/** The report, the archive, the exit code. */
async function tell(
  { fleet: { client }, options, progress }: FleetTrace,
  incident: string,
): Promise<number> {
  await client.closeIncident(incident);
  const kept = options.archive === undefined && options.keeps
    ? await keepArchive(client, incident, progress)
    : null;
  const path = options.archive ?? kept;
  const full = path === null ? null : `lasthop replay --full ${quoted([path])}`;
  const exitCode = await conclude(options, { client }, incident, full);
  if (path !== null) progress(`kept; to open it again: lasthop replay ${quoted([path])}`);
  return exitCode;
}
