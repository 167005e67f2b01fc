/** A trace from its first packet to its report: probe, ingest and page in one process. */
import { resolve } from "node:path";
import { Keeping, tellArchive } from "../kept/keeping.ts";
import { stampOf } from "../kept/name.ts";
import { loadAssets } from "./assets.ts";
import { capture, prepare } from "./capture.ts";
import { conclude, replayCommand } from "./conclude.ts";
import { Delivery } from "./delivery.ts";
import type { Ending } from "./end.ts";
import { type LocalIngest, openLocalIngest, pageOf } from "./local_ingest.ts";
import { followHere, printLivePaths } from "./live_paths.ts";
import type { CaptureOptions } from "./options.ts";

/** What ends a trace, and what `lab` and `demo` do at its turning points. */
export interface TraceHooks {
  ending: Ending;
  /** Called when everything is attached, for labs to send their traffic. */
  onReady?(): void;
  /** Called when the report is printed; the page answers until this resolves. `page` is its URL. */
  onReported?(page: string | null): Promise<void>;
}

/**
 * Resolves with the exit code, after the report is printed. Throws LasthopError when this machine
 * cannot trace, when nothing could be attached, or when a file that was asked for cannot be written.
 */
export async function trace(options: CaptureOptions, hooks: TraceHooks): Promise<number> {
  const { ending } = hooks;
  const prepared = await prepare(options, Deno.hostname());
  const ingest = await openLocalIngest(options.listen, () => loadAssets(progress));
  const now = new Date();
  const incident = incidentName(now);
  const about = { incident, title: "trace", filter: options.filter, createdMs: now.getTime() };
  const keeping = await Keeping.start({ keeps: options.keeps, name: incident, about, progress });
  void ending.ended.then(() => keeping.flush());
  try {
    await ingest.client.createIncident({ id: incident, title: "trace", filter: options.filter });
    const delivery = new Delivery(ingest.client, incident);
    const capturing = await capture({
      ...prepared,
      options,
      incident,
      ending,
      progress,
      onBatch(batch) {
        keeping.push(batch);
        delivery.push(batch);
      },
      onReady: () => announce(ingest, incident, hooks),
      facts: { url: ingest.url, ...(ingest.token === null ? {} : { token: ingest.token }) },
    });
    capturing.session.tellDifferences(true);
    // A lab sends its traffic itself, and its report follows at once.
    const showsPaths = !options.json && hooks.onReady === undefined;
    const live = showsPaths
      ? printLivePaths((take, signal) => followHere(ingest.reports, incident, take, signal))
      : null;
    try {
      await capturing.done;
    } finally {
      await live?.stop();
    }
    await delivery.drain();
    const asked = options.archive === undefined ? null : resolve(options.archive);
    const archive = asked ?? await keeping.end();
    await ingest.client.closeIncident(incident, archive === null ? {} : { archive });
    const exitCode = await conclude(options, ingest, incident, replayCommand(options));
    if (asked !== null) {
      await keeping.discard();
      tellArchive(asked, progress);
    }
    await keeping.tell();
    await hooks.onReported?.(pageOf(ingest, incident));
    return exitCode;
  } finally {
    // A trace that fails has seen what it has seen.
    await keeping.tell();
    await ingest.stop();
  }
}

const progress = (text: string) => console.error(`lasthop: ${text}`);

function announce(ingest: LocalIngest, incident: string, { onReady }: TraceHooks): void {
  const page = pageOf(ingest, incident);
  if (page !== null) progress(`page: ${page}`);
  if (onReady !== undefined) onReady();
  else progress("ready: send your traffic");
}

/** `trace-20260726-101530-4f2a`: sorts by time, and is not guessed. */
function incidentName(now: Date): string {
  return `trace-${stampOf(now)}`;
}
