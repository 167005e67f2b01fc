/** An archive out of the batches that a trace left in a spool. */
import { replaceOwnFile } from "../../files/own_files.ts";
import { ARCHIVE_VERSION, type ArchiveHeader } from "../../ingest/archive/archive.ts";
import type { Spool } from "../../probe/ship/spool.ts";

/** What an archive says of its incident before its batches. */
export type About = Pick<ArchiveHeader, "incident" | "title" | "filter" | "createdMs" | "closedMs">;

/**
 * Writes the archive; it appears when it is whole. What the spool lost at its limit shows by itself:
 * a batch's header says how many events its probe had sent by then. Throws as `replaceOwnFile`.
 */
export async function writeWhole(spool: Spool, about: About, path: string): Promise<void> {
  await writeTexts(() => textsOf(spool), about, path);
}

/**
 * The same of batches as texts, asked for twice: the first line counts the batches, and in memory may be
 * no room for all. Throws as `replaceOwnFile`.
 */
export async function writeTexts(
  texts: () => AsyncIterable<string> | Iterable<string>,
  about: About,
  path: string,
): Promise<void> {
  let batches = 0;
  for await (const text of texts()) batches += batchesIn(text);
  const header: ArchiveHeader = {
    kind: "archive",
    version: ARCHIVE_VERSION,
    ...about,
    closed: true,
    batches,
    strayLines: 0,
    evictedStates: 0,
  };
  const lines = async function* () {
    yield JSON.stringify(header) + "\n";
    yield* texts();
  };
  await replaceOwnFile(path, async (file) => {
    await ReadableStream.from(lines())
      .pipeThrough(new TextEncoderStream())
      .pipeThrough(new CompressionStream("gzip"))
      .pipeTo(file.writable);
  });
}

/** The first batch header in a text; null when there is none. */
export function firstHeader(text: string): Record<string, unknown> | null {
  const line = text.split("\n").find(isHeader);
  try {
    return line === undefined ? null : JSON.parse(line);
  } catch {
    return null;
  }
}

/** The texts of a spool's files, the oldest first. */
export async function* textsOf(spool: Spool): AsyncGenerator<string> {
  for (const file of [...spool.files]) {
    const text = await spool.read(file);
    if (text !== null) yield text;
  }
}

const isHeader = (line: string) => line.startsWith('{"kind":"batch"');

const batchesIn = (text: string): number => text.split("\n").filter(isHeader).length;
