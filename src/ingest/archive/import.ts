/** Import of an archive: as live batches are stored, into an incident that is hidden until it is done. */
import { type Acceptance, type BatchAnswer, storeAll } from "../intake/accept.ts";
import { type ArchiveHeader, readArchiveHeader, unmark } from "./archive.ts";
import { BatchReader, type WholeBatch } from "../intake/batches.ts";
import type { BodyOptions } from "../http/body.ts";
import type { Deps } from "../deps.ts";
import type { RawLine } from "../intake/lines.ts";
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
 * Reads the archive line itself, then batches. When batches are missing, the file was cut inside
 * the last one it has, and that one isn't given.
 */
class ArchiveReader extends BatchReader {
  header: ArchiveHeader | null = null;
  #begun = false;

  override end(): WholeBatch | null {
    return this.header !== null && this.headers < this.header.batches ? null : super.end();
  }

  override push(lines: RawLine[]): WholeBatch[] {
    if (this.#begun || lines.length === 0) return super.push(lines);
    this.#begun = true;
    const header = readArchiveHeader(lines[0]!);
    if (typeof header === "string") throw unreadable(header);
    this.header = header;
    return super.push(["", ...lines.slice(1)]);
  }
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
  const reader = new ArchiveReader({ limits: deps.limits, check: () => null, unmark });
  const unlimited = { admission: null, admitted: new Set<string>() };
  try {
    const { answer, cut } = await readAll({ deps, metrics, incident, reader, ...unlimited }, body);
    const { header } = reader;
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

/** Stores what the file holds; `cut` says how it ended before its end. */
async function readAll(
  acceptance: Acceptance & { reader: ArchiveReader },
  body: ReadableStream<Uint8Array> | null,
): Promise<{ answer: BatchAnswer; cut: Problem | null }> {
  try {
    const answer = await storeAll(acceptance, body, bodyOptions(acceptance.deps));
    return { answer, cut: null };
  } catch (error) {
    const isCut = error instanceof Problem && CUTS.has(error.code);
    if (!isCut) throw error;
    if (acceptance.reader.header === null) throw unreadable("its first line is cut");
    return { answer: error.extra.members as unknown as BatchAnswer, cut: error };
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

function unreadable(why: string): Problem {
  const detail = `Cannot import archive: ${why}, must be a file that lasthop archived`;
  return new Problem(400, "archive_unreadable", detail);
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
