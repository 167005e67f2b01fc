/**
 * What a running trace saw, on disk as it comes: a trace that is killed loses the last seconds, not the
 * incident. Batches go into a spool, which is bounded, survives a crash and thins what is ordinary
 * first; at the end an archive is made of it.
 */
import { makeOwnFolder } from "../../files/own_files.ts";
import type { ProbeBatch } from "../../probe/ship/batcher.ts";
import { Spool, type SpoolFile } from "../../probe/ship/spool.ts";
import { WaitingBatches } from "../../probe/ship/waiting.ts";
import { archivePath, boundKept, openPath } from "./folder.ts";
import { type About, writeWhole } from "./whole.ts";

/** Bytes on disk of one trace's batches; then ordinary events go, the oldest first. */
const JOURNAL_BYTES_MAX = 128 * 1024 * 1024;
/** Batches wait in memory until there are so many characters of them, or for so long. */
const WRITE_CHARS = 256 * 1024;
const WRITE_MS = 1_000;
/** A disk that is slower than the trace costs ordinary events first. */
const WAITING_CHARS_MAX = 8 * 1024 * 1024;
/**
 * Of files smaller than this, so many are put into one: a trace of days writes many. All of them are
 * in memory then, about ten times as large: a service's heap is small.
 */
const SMALL_BYTES = 32 * 1024;
const SMALL_FILES_MAX = 64;

/** Where and as what a trace is kept. */
export interface JournalOptions {
  folder: string;
  /** Of the archive, without its ending: letters, digits, ".", "-" and "_". */
  name: string;
  about: Omit<About, "closedMs">;
  /** Told once when the disk takes no more. */
  onFailure(why: string): void;
}

/** The batches of one trace, and at its end the archive of them. */
export class Journal {
  readonly path: string;
  readonly #waiting = new WaitingBatches(WAITING_CHARS_MAX, () => {});
  #waitingChars = 0;
  #timer: ReturnType<typeof setTimeout> | undefined;
  #running: Promise<void> | undefined;
  #failed = false;

  private constructor(readonly options: JournalOptions, readonly spool: Spool) {
    this.path = archivePath(options.folder, options.name);
  }

  /**
   * Makes the folder and makes room in it. Throws LasthopError `spool_failed`, Deno's errors, and what
   * `makeOwnFolder` throws when nothing can be kept there.
   */
  static async open(options: JournalOptions): Promise<Journal> {
    makeOwnFolder(options.folder);
    await boundKept(options.folder);
    const spool = await Spool.open({
      directory: openPath(options.folder, options.name),
      bytesMax: JOURNAL_BYTES_MAX,
      option: null,
      // The archive shows it: headers count what their probe had sent.
      onEvicted() {},
    });
    return new Journal(options, spool);
  }

  push(batch: ProbeBatch): void {
    if (this.#failed) return;
    this.#waiting.push(batch);
    this.#waitingChars += batch.lines.reduce((sum, line) => sum + line.length, 0);
    if (this.#waitingChars >= WRITE_CHARS) this.#write();
    else this.#timer ??= setTimeout(() => this.#write(), WRITE_MS);
  }

  /** Resolves when all that was pushed is on disk, or can't be. */
  async flush(): Promise<void> {
    this.#write();
    while (this.#running !== undefined) await this.#running;
  }

  /**
   * Writes the archive, and resolves with its path; null when nothing was seen or the disk took none of
   * it. What was spooled stays when the archive cannot be written. Throws what `writeWhole` throws.
   */
  async finish(closedMs: number): Promise<string | null> {
    await this.flush();
    if (this.spool.files.length === 0) {
      await this.spool.close();
      return null;
    }
    const { folder, about } = this.options;
    await writeWhole(this.spool, { ...about, closedMs }, this.path);
    await this.#empty();
    await boundKept(folder, this.path);
    return this.path;
  }

  /** Keeps nothing: somebody has what was seen. */
  async discard(): Promise<void> {
    await this.flush();
    await this.#empty();
  }

  #write(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    this.#waitingChars = 0;
    this.#running ??= this.#run().finally(() => this.#running = undefined);
  }

  async #run(): Promise<void> {
    try {
      while (this.#waiting.length > 0 && !this.#failed) {
        await this.spool.add(this.#waiting.take(WRITE_CHARS * 4).join(""));
        await this.#putTogether();
      }
    } catch (error) {
      this.#failed = true;
      this.options.onFailure(error instanceof Error ? error.message : String(error));
    }
  }

  /** Each file is added before those it is made of go: a batch that is there twice counts once. */
  async #putTogether(): Promise<void> {
    const small = this.spool.files.filter(({ bytes }) => bytes < SMALL_BYTES);
    if (small.length < SMALL_FILES_MAX) return;
    const texts: string[] = [];
    const read: SpoolFile[] = [];
    for (const file of small) {
      const text = await this.spool.read(file);
      if (text === null) continue;
      texts.push(text);
      read.push(file);
    }
    await this.spool.add(texts.join(""));
    for (const file of read) await this.spool.remove(file);
  }

  async #empty(): Promise<void> {
    for (const file of [...this.spool.files]) await this.spool.remove(file);
    await this.spool.close();
  }
}
