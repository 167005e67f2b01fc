/** Import of an archive: the same path as live batches, into an incident nobody sees until done. */
import { storeAll } from "./accept.ts";
import type { BatchAnswer, ImportAnswer } from "./api_schemas.ts";
import { type ArchiveHeader, readArchiveHeader, unmark } from "./archive.ts";
import { BatchReader, type WholeBatch } from "./batches.ts";
import type { BodyOptions } from "./body.ts";
import type { Deps } from "./deps.ts";
import type { RawLine } from "./lines.ts";
import type { Metrics } from "./metrics.ts";
import { Problem } from "./problem.ts";

/** The answer, but for the incident itself. */
export type Imported = Omit<ImportAnswer, "incident">;

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
    if (typeof header === "string") {
      throw new Problem(
        400,
        "archive_unreadable",
        `Cannot import archive: ${header}, must be a file that lasthop archived`,
      );
    }
    this.header = header;
    return super.push(["", ...lines.slice(1)]);
  }
}

export async function importArchive(
  deps: Deps,
  metrics: Metrics,
  incident: string,
  body: ReadableStream<Uint8Array> | null,
  partial: boolean,
): Promise<Imported> {
  await begin(deps, incident);
  const { limits, store } = deps;
  const reader = new ArchiveReader({ limits, check: () => null, unmark });
  let answer: BatchAnswer;
  let cut: Problem | null = null;
  try {
    answer = await storeAll({ deps, metrics, incident, reader }, body, bodyOptions(deps));
  } catch (error) {
    const broken = error instanceof Problem && BREAKS.has(error.code);
    if (!broken || reader.header === null) {
      await drop(deps, incident);
      throw error;
    }
    cut = error;
    answer = error.extra.members as unknown as BatchAnswer;
  }
  const expected = reader.header?.batches ?? 0;
  const complete = cut === null && answer.accepted + answer.duplicates === expected;
  if (!complete && (!partial || reader.header === null)) {
    await drop(deps, incident);
    throw incomplete(reader.header, answer, cut);
  }
  await store.finishImport(incident, reader.header!);
  deps.hub.changed(incident);
  return { expected, complete, ...answer };
}

/** The ways in which a file ends before its end. */
const BREAKS = new Set(["gzip_broken", "body_aborted"]);

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
  throw new Problem(409, `incident_${created}`, `Cannot import archive: ${why}`);
}

async function drop({ store, hub }: Deps, incident: string): Promise<void> {
  await store.deleteIncident(incident);
  hub.deleted(incident);
}

function incomplete(header: ArchiveHeader | null, answer: BatchAnswer, cut: Problem | null) {
  if (header === null) {
    const detail = "Cannot import archive: the body is empty, must be a file that lasthop archived";
    return new Problem(400, "archive_unreadable", detail);
  }
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
    },
  };
}
