/** One trace on many machines: probes are placed, followed, ended and removed; the verdict is printed. */
import { setTimeout as pause } from "node:timers/promises";
import { quoted } from "../../analysis/rules/command.ts";
import { LasthopError } from "../../event/error.ts";
import type { Report } from "../../event/report.ts";
import { requireArchivePath } from "../asking/archive_file.ts";
import { askCluster, type ClusterNames } from "../capture/cluster_names.ts";
import { conclude } from "../capture/conclude.ts";
import { Delivery } from "../capture/delivery.ts";
import type { TellerBatch } from "../../kube/teller.ts";
import type { Ending } from "../capture/end.ts";
import { filterForProbes } from "../../kube/filter_for_probes.ts";
import { printLivePaths } from "../capture/live_paths.ts";
import type { CaptureOptions } from "../capture/options.ts";
import { removeReadyFile, writeReadyFile } from "../capture/ready_file.ts";
import { stampOf } from "../kept/name.ts";
import { plural } from "../render/mod.ts";
import type { Fleet, Place, ProbeThere } from "./fleet.ts";
import { keepArchive } from "./keep_archive.ts";
import { Roll } from "./roll.ts";

/** How often it is looked which probes see. Milliseconds. */
const LOOK_MS = 500;
/** How long `--for` waits for machines that do not report. Milliseconds. */
const ATTACH_MS = 60_000;
/** How long probes may take to send their last. Milliseconds. */
const LAST_MS = 15_000;
/** A probe's token outlives its trace by so much. Seconds. */
const TOKEN_SECONDS = 3600;
/** Of a trace without `--for`. Seconds. */
const TOKEN_LONGEST = 24 * 3600;

/** What is traced, by whom. */
export interface FleetTrace {
  fleet: Fleet;
  options: CaptureOptions;
  ending: Ending;
  /** Words of `lasthop probe` that bound it. */
  bounds: readonly string[];
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
  progress(`starting ${plural(places.length, "probe")}: ${places.map(nameOf).join(", ")}`);
  const names = await askNames(trace, incident);
  const filter = filterForProbes(options.filter, names.places ?? []);
  const probes = await startAll(trace, { incident, filter }, places);
  const live = options.json ? null : printLivePaths(client, incident);
  const roll = new Roll(places);
  try {
    await attach(trace, { incident, probes, roll, page });
    const end = await ending.ended;
    if (end.by === "failure" && roll.seeing === 0) throw end.failure;
    progress("ending: waiting for packets in flight…");
    await endAll(probes);
  } finally {
    await names.stop();
    await live?.stop();
  }
  if (roll.missing.length > 0) {
    progress(`not seen, or not to the end: ${roll.missing.join(", ")}`);
  }
  return await tell(trace, incident);
}

const nameOf = ({ name }: Place) => name;

/** A token and a probe for each place. */
async function startAll(
  { fleet, options, bounds }: FleetTrace,
  { incident, filter }: { incident: string; filter: string },
  places: readonly Place[],
): Promise<ProbeThere[]> {
  const { forSeconds } = options;
  const expiresInSeconds = forSeconds === undefined
    ? TOKEN_LONGEST
    : Math.ceil(forSeconds) + TOKEN_SECONDS;
  const words = ["--no-archive", ...bounds, ...filter === "" ? [] : ["--filter", filter]];
  return await Promise.all(places.map(async (place) => {
    const wanted = { role: "probe", expiresInSeconds } as const;
    const { token } = await fleet.client.createToken(incident, wanted);
    return fleet.start(place, { incident, token, words });
  }));
}

/** The cluster's own names, where there is a cluster; a trace goes on without them. */
async function askNames(
  { fleet: { client }, options: { kube }, progress }: FleetTrace,
  incident: string,
): Promise<Pick<ClusterNames, "stop"> & Partial<ClusterNames>> {
  if (kube === undefined) return { stop: () => Promise.resolve() };
  const delivery = new Delivery(client, incident);
  try {
    const onBatch = (batch: TellerBatch) => delivery.push(batch);
    const asked = await askCluster(kube, { incident, onBatch, progress });
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

interface Attaching {
  incident: string;
  probes: readonly ProbeThere[];
  roll: Roll;
  page: string | null;
}

/** Follows probes until all see or ended, and then goes on telling of those that end. */
async function attach(
  { fleet: { client }, options, ending, progress }: FleetTrace,
  { incident, probes, roll, page }: Attaching,
): Promise<void> {
  const beganMs = performance.now();
  let isOver = false;
  const stop = new AbortController();
  void ending.ended.then(() => {
    isOver = true;
    stop.abort();
  });
  for (const { place, ended } of probes) {
    void ended.then((end) => {
      if (isOver) return;
      progress(roll.ended(place, end));
      if (roll.isSettled && roll.seeing === 0) {
        ending.failed(nobodySees(places(probes)), { fatal: true });
      }
    });
  }
  let isTold = false;
  while (!isOver && !isTold) {
    const report = await client.report(incident).catch(() => null) as Report | null;
    const tookMs = performance.now() - beganMs;
    for (const line of report === null ? [] : roll.reported(report, tookMs)) progress(line);
    isTold = roll.seeing > 0 && (roll.isSettled || tookMs > ATTACH_MS);
    if (!isTold) await pause(LOOK_MS, undefined, { signal: stop.signal }).catch(() => {});
  }
  if (isOver) return;
  if (options.readyFile !== undefined) {
    await writeReadyFile(options.readyFile, { pid: Deno.pid, incident, page });
  }
  progress("ready: send your traffic");
  ending.startTime(options.forSeconds);
}

const places = (probes: readonly ProbeThere[]) => probes.map(({ place }) => place.name);

const nobodySees = (names: readonly string[]) =>
  new LasthopError(
    "no_probe",
    `Cannot trace: none of ${plural(names.length, "machine")} sees, must be at least one`,
  );

/** Lets all send their last. */
async function endAll(probes: readonly ProbeThere[]): Promise<void> {
  for (const probe of probes) probe.end();
  const late = new AbortController();
  await Promise.race([
    Promise.all(probes.map(({ ended }) => ended)),
    pause(LAST_MS, undefined, { signal: late.signal }).catch(() => {}),
  ]);
  late.abort();
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
  const exitCode = await conclude(options, client, incident, full);
  if (path !== null) progress(`kept; to open it again: lasthop replay ${quoted([path])}`);
  return exitCode;
}
