/** Import of an archive: as live batches are stored, into an incident that is hidden until it is done. */
import { type Acceptance, type BatchAnswer, storeAll } from "../intake/accept.ts";
import type { ArchiveHeader } from "./archive.ts";
import { archiveReader, unreadable } from "./archive_reader.ts";
import type { BodyOptions } from "../http/body.ts";
import type { Deps } from "../deps.ts";
import { LocalReadings } from "../intake/reading.ts";
import type { Metrics } from "../http/metrics.ts";
import { Problem } from "../http/problem.ts";

/** What became of the file. */
export interface Imported extends BatchAnswer {
  /** Batches the archive says it holds. */
  expected: number;
  /** Whether all of them were there. */
  complete: boolean;
}

/**
 * All or nothing, unless `partial`. Rejects with Problem `incident_exists`, `incidents_full`,
 * `archive_unreadable`, or `archive_cut`, which tells how much of the file is whole.
 */
export async function importArchive(
  deps: Deps,
  metrics: Metrics,
  incident: string,
  body: ReadableStream<Uint8Array> | null,
  partial: boolean,
): Promise<Imported> {
  await begin(deps, incident);
  const readings = deps.readings ?? archivesHere(deps);
  try {
    const acceptance = { deps, metrics, incident, readings, admission: null };
    const { answer, cut, header } = await readAll(acceptance, body);
    if (header === null) throw unreadable("the body is empty");
    const complete = cut === null && answer.accepted + answer.duplicates === header.batches;
    if (!complete && !partial) throw incomplete(header, answer, cut);
    await deps.store.finishImport(incident, header);
    deps.hub.changed(incident);
    return { expected: header.batches, complete, ...answer };
  } catch (error) {
    // Nobody has seen it. If this fails too, the next start of the ingest drops it.
    await deps.store.deleteIncident(incident).catch(() => {});
    deps.hub.deleted(incident);
    throw error;
  }
}

const archivesHere = ({ limits, clock }: Deps) =>
  new LocalReadings(
    { lineCharsMax: limits.lineCharsMax, clock },
    () => archiveReader(limits),
  );

/** What became of what a file holds. */
interface ReadArchive {
  answer: BatchAnswer;
  /** How it ended before its end. */
  cut: Problem | null;
  header: ArchiveHeader | null;
}

/** Stores what the file holds. */
async function readAll(
  acceptance: Acceptance,
  body: ReadableStream<Uint8Array> | null,
): Promise<ReadArchive> {
  let header: ArchiveHeader | null = null;
  const onArchive = (archive: unknown) => header = archive as ArchiveHeader;
  try {
    const { deps } = acceptance;
    const { answer } = await storeAll({ ...acceptance, onArchive }, body, bodyOptions(deps));
    return { answer, cut: null, header };
  } catch (error) {
    const isCut = error instanceof Problem && CUTS.has(error.code);
    if (!isCut) throw error;
    if (header === null) throw unreadable("its first line is cut");
    return { answer: error.extra.members as unknown as BatchAnswer, cut: error, header };
  }
}

/** The ways in which a file ends before its end. */
const CUTS = new Set(["gzip_broken", "body_aborted"]);

async function begin({ store, clock }: Deps, id: string): Promise<void> {
  const createdMs = clock.wallMs();
  const created = await store.createIncident({
    id,
    title: "",
    filter: "",
    createdMs,
    importing: true,
  });
  if (created === "created") return;
  const why = created === "exists"
    ? `incident "${id}" exists already, must be a new one`
    : "there are as many incidents as allowed, one must be deleted first";
  const code = created === "exists" ? "incident_exists" : "incidents_full";
  throw new Problem(409, code, `Cannot import archive: ${why}`);
}

function incomplete(header: ArchiveHeader, answer: BatchAnswer, cut: Problem | null): Problem {
  const whole = answer.accepted + answer.duplicates;
  return new Problem(
    400,
    "archive_cut",
    `Cannot import archive: ${whole} of ${header.batches} batches are whole` +
      `${cut === null ? "" : ` (${cut.message})`}, must be all of them; ` +
      `nothing was imported, ?partial=1 imports the whole ones`,
    { members: { ...answer, whole, expected: header.batches, accepted: 0 } },
  );
}

function bodyOptions({ limits, clock }: Deps): BodyOptions {
  return {
    encoding: "sniff",
    clock,
    limits: {
      compressedBytesMax: limits.archiveCompressedBytesMax,
      bytesMax: limits.archiveBytesMax,
      idleMs: limits.bodyIdleMs,
      totalMs: limits.bodyTotalMs,
      bytesPerSecondMin: limits.bodyBytesPerSecondMin,
    },
  };
}
