/** Archives as files. */
import { LasthopError } from "../../event/error.ts";
import { basename, dirname, join } from "node:path";
import { createOwnFile, replaceOwnFile, requireOwnFolder } from "../../files/own_files.ts";
import { type ArchiveHeader, readArchiveHeader } from "../../ingest/archive/archive.ts";

/**
 * Writes a stream to a file and resolves with the file's size in bytes. The file appears when it
 * is whole; until then, and when it fails, what was there before stays. Throws LasthopError
 * `archive_failed` when the stream breaks or the file cannot be written.
 */
export async function saveArchive(
  archive: ReadableStream<Uint8Array<ArrayBuffer>>,
  path: string,
): Promise<number> {
  let bytes = 0;
  const counted = new TransformStream<Uint8Array<ArrayBuffer>, Uint8Array<ArrayBuffer>>({
    transform(chunk, controller) {
      bytes += chunk.length;
      controller.enqueue(chunk);
    },
  });
  try {
    const write = (file: Deno.FsFile) => archive.pipeThrough(counted).pipeTo(file.writable);
    await replaceOwnFile(path, write, { stickyIsEnough: true });
    return bytes;
  } catch (error) {
    if (!archive.locked) await archive.cancel().catch(() => {});
    throw cannotWrite(path, error);
  }
}

/**
 * Tries whether an archive can be written, and leaves nothing behind: after an hour of tracing it is
 * too late to learn that it cannot. Throws LasthopError `archive_failed`.
 */
export async function requireArchivePath(path: string): Promise<void> {
  try {
    if ((await Deno.lstat(path).catch(() => null))?.isDirectory) throw new Error("it is a folder");
    await Deno.stat(dirname(path));
    requireOwnFolder(dirname(path), { stickyIsEnough: true });
    const tried = join(dirname(path), `.${basename(path)}.${crypto.randomUUID().slice(0, 8)}`);
    (await createOwnFile(tried)).close();
    await Deno.remove(tried);
  } catch (error) {
    throw cannotWrite(path, error);
  }
}

function cannotWrite(path: string, error: unknown): LasthopError {
  const is = said(error);
  const must = is.includes(", must ") ? "" : ", must be a file in a folder with room";
  return new LasthopError("archive_failed", `Cannot write archive "${path}": ${is}${must}`);
}

/**
 * The first line of an archive: whose it is and what is in it. Throws LasthopError
 * `archive_unreadable` for what is no archive.
 */
export async function archiveHeader(path: string): Promise<ArchiveHeader> {
  const file = await openArchive(path);
  let text = "";
  try {
    const lines = file.readable.pipeThrough(new DecompressionStream("gzip"))
      .pipeThrough(new TextDecoderStream());
    for await (const chunk of lines) {
      text += chunk;
      if (text.includes("\n") || text.length > HEADER_CHARS_MAX) break;
    }
  } catch {
    // A gzip that is cut fails here, too; its first line may be whole.
    if (!text.includes("\n")) throw unreadable(path, "it is no gzip file, or was cut at once");
  }
  const header = readArchiveHeader(text.slice(0, HEADER_CHARS_MAX).split("\n", 1)[0]!);
  if (typeof header === "string") throw unreadable(path, header);
  return header;
}

/** Characters of a header line at most: more is no archive. */
const HEADER_CHARS_MAX = 16_384;

/**
 * Opens an archive for reading; the caller closes it. Throws LasthopError `archive_unreadable`
 * when there is no such file, or it is no regular file.
 */
export async function openArchive(path: string): Promise<Deno.FsFile> {
  try {
    const file = await Deno.open(path);
    if ((await file.stat()).isFile) return file;
    file.close();
  } catch (error) {
    throw unreadable(path, error instanceof Deno.errors.NotFound ? "no such file" : said(error));
  }
  throw unreadable(path, "it is no file");
}

function unreadable(path: string, why: string): LasthopError {
  return new LasthopError(
    "archive_unreadable",
    `Cannot read archive "${path}": ${why}, must be a file that lasthop archived`,
  );
}

const said = (error: unknown): string => error instanceof Error ? error.message : String(error);
