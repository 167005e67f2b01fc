/**
 * An incident as one file: gzip of one archive line, then each batch as its header and its lines.
 * A header carries under `ingest` what the ingest knew of the batch, so that a replay reports the
 * same. The archive line tells how many batches follow, so that a cut file shows.
 */
import { z } from "zod";
import { piecesOf } from "../http/large_answer.ts";
import { FilterText } from "../intake/filter_text.ts";
import { LineError } from "../../event/codec.ts";
import { wrong } from "../../event/wrong.ts";
import type { ArchiveMarks } from "../intake/batches.ts";
import type { Incident, Store, StoredBatch } from "../stores/store.ts";

/** Version that is written, and the only one that is read. */
export const ARCHIVE_VERSION = 1;

/** Schema of the first line of an archive. */
export const ArchiveHeader = z.object({
  kind: z.literal("archive"),
  version: z.literal(ARCHIVE_VERSION),
  incident: z.string().min(1).max(128),
  title: z.string().max(200),
  filter: FilterText,
  closed: z.boolean(),
  createdMs: z.number().int().min(0),
  closedMs: z.number().int().min(0).nullable(),
  batches: z.number().int().min(0),
  /** What no batch can say was lost; absent in older archives. */
  strayLines: z.number().int().min(0).default(0),
  evictedStates: z.number().int().min(0).default(0),
});

/** The first line of an archive. */
export type ArchiveHeader = z.infer<typeof ArchiveHeader>;

const Marks = z.object({
  refused: z.number().int().min(0).default(0),
  evicted: z.number().int().min(0).default(0),
});

/** The lines of an archive in pieces; what comes in after it began is left out. */
export async function* archiveText(store: Store, incident: Incident): AsyncGenerator<string> {
  const { rowMax, batches } = await store.extent(incident.id);
  yield JSON.stringify(archiveHeader(incident, batches)) + "\n";
  for await (const batch of store.readBatches(incident.id, rowMax)) yield* batchText(batch);
}

/** The first line of an archive of so many batches. */
export function archiveHeader(incident: Incident, batches: number): ArchiveHeader {
  const { id, title, filter, createdMs, closedMs } = incident;
  const { strayLines, evictedStates } = incident.counters;
  return {
    kind: "archive",
    version: ARCHIVE_VERSION,
    incident: id,
    title,
    filter,
    closed: closedMs !== null,
    createdMs,
    closedMs,
    batches,
    strayLines,
    evictedStates,
  };
}

/** A batch as an archive has it. */
export function* batchText(batch: StoredBatch): Generator<string> {
  yield markedHeader(batch) + "\n";
  for (const { text } of batch.segments) yield* piecesOf(text);
}

/** The archive as it is sent and kept: one gzip member. */
export function archiveFile(store: Store, incident: Incident): ReadableStream<Uint8Array> {
  const text = archiveText(store, incident);
  const encoder = new TextEncoder();
  const source = new ReadableStream<Uint8Array<ArrayBuffer>>({
    async pull(controller) {
      const { done, value } = await text.next();
      if (done === true) controller.close();
      else controller.enqueue(encoder.encode(value));
    },
    async cancel() {
      await text.return(undefined);
    },
  });
  return source.pipeThrough(new CompressionStream("gzip"));
}

function markedHeader({ header, refused, evicted }: StoredBatch): string {
  if (refused === 0 && evicted === 0) return JSON.stringify(header);
  return JSON.stringify({ ...header, ingest: { refused, evicted } });
}

/**
 * Takes the ingest's own marks off a header line, and gives the line as the probe wrote it. Throws
 * LineError when it is no JSON object, or its marks are no counts.
 */
export function unmark(line: string): { line: string; marks: ArchiveMarks } {
  if (!line.includes('"ingest"')) return { line, marks: { refused: 0, evicted: 0 } };
  let ingest: unknown;
  let header: string;
  try {
    const { ingest: own, ...rest } = JSON.parse(line) as Record<string, unknown>;
    ingest = own;
    // What is nested without end can be read and not be written again.
    header = JSON.stringify(rest);
  } catch {
    throw new LineError("is cut or broken JSON, must be one whole JSON object");
  }
  const marks = Marks.safeParse(ingest ?? {});
  if (!marks.success) throw new LineError('"ingest" must tell "refused" and "evicted" as counts');
  return { line: header, marks: marks.data };
}

/** The archive line, or why the first line of a file is none. */
export function readArchiveHeader(line: string): ArchiveHeader | string {
  try {
    const value: unknown = JSON.parse(line);
    const parsed = ArchiveHeader.safeParse(value);
    if (parsed.success) return parsed.data;
    const { kind, version } = (value ?? {}) as { kind?: unknown; version?: unknown };
    if (kind !== "archive") return `its first line's "kind" is not "archive"`;
    if (version !== ARCHIVE_VERSION) {
      return `its version is ${JSON.stringify(version)}, must be ${ARCHIVE_VERSION}`;
    }
    return `in its first line ${wrong(parsed.error, value)}`;
  } catch {
    return "its first line is not JSON";
  }
}
