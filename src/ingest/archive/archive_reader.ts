/** Reads the lines of an archive: its first one, and then batches. */
import { Problem } from "../http/problem.ts";
import { type BatchLimits, BatchReader, type WholeBatch } from "../intake/batches.ts";
import { type ArchiveHeader, readArchiveHeader, unmark } from "./archive.ts";

const decoder = new TextDecoder();

/**
 * Reads the archive line itself, then batches. When batches are missing, the file was cut inside
 * the last one it has, and that one isn't given.
 */
class ArchiveReader extends BatchReader {
  archive: ArchiveHeader | null = null;
  #begun = false;

  override end(): WholeBatch | null {
    return this.archive !== null && this.headers < this.archive.batches ? null : super.end();
  }

  override line(bytes: Uint8Array, from: number, to: number): WholeBatch | null {
    if (this.#begun) return super.line(bytes, from, to);
    this.#begun = true;
    const header = readArchiveHeader(decoder.decode(bytes.subarray(from, to)));
    if (typeof header === "string") throw unreadable(header);
    this.archive = header;
    return super.line(bytes, to, to);
  }

  override tooLong(chars: number): void {
    if (!this.#begun) throw unreadable("its first line is too long");
    super.tooLong(chars);
  }
}

/** What reads the lines of an archive, of which `archive` is the first one. */
export const archiveReader = (limits: BatchLimits): BatchReader & { archive: unknown } =>
  new ArchiveReader({ limits, check: () => null, unmark });

/** Why a file is no archive. */
export function unreadable(why: string): Problem {
  const detail = `Cannot import archive: ${why}, must be a file that lasthop archived`;
  return new Problem(400, "archive_unreadable", detail);
}
