/** What `trace` and `probe` have in common: from the command line to the last batch. */
import { placeOfHandle } from "../../event/filter/mod.ts";
import { takeBtf } from "../../probe/kernel/given_btf.ts";
import { type Capability, readCapability, requireTracing } from "../../probe/kernel/capability.ts";
import {
  type NodeSpec,
  resolveNodes,
  type Session,
  startSession,
} from "../../probe/session/mod.ts";
import type { ProbeBatch } from "../../probe/ship/batcher.ts";
import { Bar } from "../render/bar.ts";
import type { CaptureOptions } from "./options.ts";
import { requireArchivePath } from "../asking/archive_file.ts";
import { askCluster, type ClusterNames } from "./cluster_names.ts";
import type { End, Ending } from "./end.ts";
import { nameNotices } from "./name_notices.ts";
import { removeReadyFile, writeReadyFile } from "./ready_file.ts";

/** What is read before anything is started. */
export interface Prepared {
  capability: Capability;
  nodes: NodeSpec[];
}

/**
 * Reads what this machine can trace and which namespaces the nodes are. Throws LasthopError when
 * it cannot trace, when a namespace is not there, or when the ready file or the archive cannot be
 * written.
 */
export async function prepare(options: CaptureOptions, hostName: string): Promise<Prepared> {
  if (options.btf !== undefined) await takeBtf(options.btf);
  const capability = await readCapability();
  requireTracing(capability);
  const nodes = await resolveNodes(options.nodes, hostName, options.sharesKernel);
  if (options.archive !== undefined) await requireArchivePath(options.archive);
  if (options.readyFile !== undefined) await removeReadyFile(options.readyFile);
  return { capability, nodes };
}

/** What a capture needs: what was prepared, where batches go, and who is told. */
export interface Capture extends Prepared {
  options: CaptureOptions;
  incident: string;
  ending: Ending;
  onBatch(batch: ProbeBatch): void;
  /** Batches wait to be taken. */
  isBehind?: () => boolean;
  /** See `SessionOptions`. */
  forgetNs?: bigint;
  /** See `SessionOptions`. */
  secret?: string | undefined;
  progress(text: string): void;
  /** Everything is attached and the ready file is written. */
  onReady(): void;
  /** Asks for the names of the filter where no kubeconfig is given. */
  askNames?(): Promise<ClusterNames | undefined>;
  /** Further fields of the ready file, beside pid and incident. */
  facts: Record<string, unknown>;
}

/** A capture under way. */
export interface Capturing {
  session: Session;
  /** Resolves after the final batches; rejects when nothing was ever attached. */
  done: Promise<void>;
}

/** Starts tracing. Throws LasthopError for what is wrong before anything is started. */
export async function capture(capture: Capture): Promise<Capturing> {
  const { options, capability, nodes, incident, onBatch, progress } = capture;
  const { filter } = options;
  const bar = new Bar("starting");
  const cluster = options.kube === undefined
    ? await capture.askNames?.()
    : await askCluster(options.kube, { incident, onBatch, progress });
  tellUnknown(capture, cluster);
  const session = await startSession({
    capability,
    nodes,
    filter,
    incident,
    onBatch,
    isBehind: capture.isBehind,
    onProgress(text) {
      bar.clear();
      progress(text);
      bar.now(text);
    },
    share: options.share,
    recorder: options.recorder,
    deep: options.deep,
    forgetNs: capture.forgetNs,
    secret: capture.secret,
    places: cluster?.places,
  }).catch(async (error) => {
    bar.close();
    await cluster?.stop();
    throw error;
  });
  // What was told while the session began is in the same list.
  session.name(cluster?.places ?? []);
  cluster?.onPlaces((places) => session.name(places));
  const attached = Promise.race([session.ready, capture.ending.ended]);
  void attached.catch(() => {}).finally(() => bar.close());
  return { session, done: follow(capture, session, cluster) };
}

/** Says what names of the filter stand for nothing yet. */
function tellUnknown(
  { options, nodes, progress }: Capture,
  cluster: ClusterNames | undefined,
): void {
  const own = nodes.flatMap(({ name, netns }) => netns.map((one) => placeOfHandle(one, name)));
  const known = { own, cluster: cluster?.places };
  for (const line of nameNotices(options.filter, known)) progress(line);
}

async function follow(
  capture: Capture,
  session: Session,
  cluster: ClusterNames | undefined,
): Promise<void> {
  const { ending, progress } = capture;
  void session.failure.then((failure) => ending.failed(failure, { fatal: false }));
  const early = ending.ended.then(() => false);
  let end: End;
  try {
    const isReady = await Promise.race([session.ready.then(() => true), early]);
    if (isReady) await announce(capture);
    end = await ending.ended;
    progress(isReady ? "ending: waiting for packets in flight…" : "ending before it was ready…");
    if (end.by === "failure") progress(end.failure.message);
    if (end.by === "tether") progress(`ended: ${end.why}`);
  } finally {
    await Promise.all([session.stop(), cluster?.stop()]);
  }
  if (end.by === "failure" && end.fatal) throw end.failure;
  await session.ready;
}

async function announce({ options, ending, incident, facts, onReady }: Capture): Promise<void> {
  if (options.readyFile !== undefined) {
    await writeReadyFile(options.readyFile, { pid: Deno.pid, incident, ...facts });
  }
  onReady();
  ending.startTime(options.forSeconds);
}
