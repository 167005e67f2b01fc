/**
 * Batches on disk while the ingest is away: a folder of files, each one or more whole batches as
 * they will be sent. A file is there whole or not at all, and survives a crash of the machine.
 *
 * At the limit the oldest files lose their ordinary events first, then the oldest go: what tells
 * why packets vanished is kept longest.
 */
import { join } from "node:path";
import { LasthopError } from "../../event/error.ts";
import { createOwnFile, makeOwnFolder, openLockFile } from "../../files/own_files.ts";
import { gunzip, gzip } from "./gzip.ts";
import { countByNode, isOrdinary, thinned } from "./thin.ts";

/** A file of the spool. */
export interface SpoolFile {
  name: string;
  /** Size on disk. */
  bytes: number;
  /** It holds no ordinary events, or has lost them. */
  thin: boolean;
}

/** Where the spool is, and how much it may hold. */
export interface SpoolOptions {
  directory: string;
  /** Bytes on disk of all files together. */
  bytesMax: number;
  /** Events of a node were thrown away at the limit. */
  onEvicted(node: string, events: number): void;
  /** What names another folder, for messages; null when nothing does. Default: `--spool`. */
  option?: string | null;
}

/** `000000000017.thin.gz`: the number orders, and is never used twice in a folder. */
const NAME = /^(\d{12})\.(full|thin)\.gz$/;

/** As a file is called until it is whole. */
const HALF = /^\.\d{12}\.(full|thin)\.gz$/;

/** The files of one folder, which no other probe may use at the same time. */
export class Spool {
  readonly #files: SpoolFile[] = [];
  #bytes = 0;
  #next = 0;
  #lock: Deno.FsFile | undefined;

  private constructor(readonly options: SpoolOptions) {}

  /**
   * Opens a folder with what an earlier run left in it. Makes none before there is something to
   * keep. Rejects with LasthopError `spool_failed` when the folder cannot be read, and with
   * `spool_busy` when another probe uses it.
   */
  static async open(options: SpoolOptions): Promise<Spool> {
    const spool = new Spool(options);
    await spool.#find();
    if (spool.#files.length > 0) await spool.#claim();
    return spool;
  }

  get bytes(): number {
    return this.#bytes;
  }

  /** Oldest first. */
  get files(): readonly SpoolFile[] {
    return this.#files;
  }

  /**
   * Keeps whole batches, in a file of their own. Rejects with LasthopError `spool_failed` when the disk doesn't take them,
   * and with `spool_busy` when another probe uses the folder.
   */
  async add(text: string): Promise<SpoolFile> {
    await this.#claim();
    const name = `${String(this.#next++).padStart(12, "0")}.${
      ordinaryIn(text) ? "full" : "thin"
    }.gz`;
    const data = await gzip(text);
    await this.#write(name, data);
    const file = { name, bytes: data.byteLength, thin: name.includes("thin") };
    this.#files.push(file);
    this.#bytes += data.byteLength;
    while (this.#bytes > this.options.bytesMax && this.#files.length > 1) await this.#evictOne();
    return file;
  }

  /** The text of a file; null when it is damaged, and then it is gone. */
  async read(file: SpoolFile): Promise<string | null> {
    try {
      return await gunzip(await Deno.readFile(this.#path(file.name)));
    } catch {
      await this.remove(file);
      return null;
    }
  }

  async remove(file: SpoolFile): Promise<void> {
    const at = this.#files.indexOf(file);
    if (at < 0) return;
    this.#files.splice(at, 1);
    this.#bytes -= file.bytes;
    await Deno.remove(this.#path(file.name)).catch(() => {});
  }

  /**
   * Lets go of the folder, and removes it when it is empty. A run that was killed after its last
   * batch was sent has left its lock there, and perhaps half a file.
   */
  async close(): Promise<void> {
    if (this.#lock === undefined && await this.#isLocked()) await this.#claim().catch(() => {});
    if (this.#lock === undefined) return;
    const empty = this.#files.length === 0;
    if (empty) {
      for (const name of [...await this.#halves(), "lock"]) {
        await Deno.remove(this.#path(name)).catch(() => {});
      }
    }
    this.#lock.close();
    this.#lock = undefined;
    if (empty) await Deno.remove(this.options.directory).catch(() => {});
  }

  #path(name: string): string {
    return join(this.options.directory, name);
  }

  async #find(): Promise<void> {
    const entries = await Array.fromAsync(Deno.readDir(this.options.directory)).catch((error) => {
      if (error instanceof Deno.errors.NotFound) return [];
      throw this.#failed("read", error);
    });
    for (const { name } of entries.sort((a, b) => a.name < b.name ? -1 : 1)) {
      const match = NAME.exec(name);
      if (match === null) continue;
      const { size, isFile } = await Deno.lstat(this.#path(name));
      if (!isFile) continue;
      this.#files.push({ name, bytes: size, thin: match[2] === "thin" });
      this.#bytes += size;
      this.#next = Number(match[1]) + 1;
    }
  }

  /** There is a lock file, whether a probe holds it or a killed one has left it. */
  #isLocked(): Promise<boolean> {
    return Deno.lstat(this.#path("lock")).then(() => true, () => false);
  }

  /** Names of files that a killed run had begun to write. */
  async #halves(): Promise<string[]> {
    const entries = await Array.fromAsync(Deno.readDir(this.options.directory)).catch(() => []);
    return entries.map(({ name }) => name).filter((name) => HALF.test(name));
  }

  /** Two probes in one folder would send each other's files. */
  async #claim(): Promise<void> {
    if (this.#lock !== undefined) return;
    const { directory } = this.options;
    try {
      makeOwnFolder(directory);
      const lock = await openLockFile(this.#path("lock"));
      if (!lock.tryLockSync(true)) {
        lock.close();
        throw new LasthopError(
          "spool_busy",
          `Cannot use spool "${directory}": another probe uses it, must be this one's own${this.#how()}`,
        );
      }
      this.#lock = lock;
    } catch (error) {
      throw error instanceof LasthopError ? error : this.#failed("write", error);
    }
  }

  async #write(name: string, data: Uint8Array): Promise<void> {
    const fresh = this.#path(`.${name}`);
    try {
      // A run that was killed while it wrote left its half.
      await Deno.remove(fresh).catch(() => {});
      const file = await createOwnFile(fresh);
      try {
        await file.write(data).then((written) => writeRest(file, data, written));
        await file.sync();
      } finally {
        file.close();
      }
      await Deno.rename(fresh, this.#path(name));
      await syncDirectory(this.options.directory);
    } catch (error) {
      await Deno.remove(fresh).catch(() => {});
      throw this.#failed("write", error);
    }
  }

  /** Thins the oldest file that can be; without one, the oldest file goes. */
  async #evictOne(): Promise<void> {
    const file = this.#files.find(({ thin }) => !thin);
    if (file === undefined) {
      const [oldest] = this.#files;
      if (oldest === undefined) return;
      const text = await this.read(oldest);
      if (text !== null) this.#count(countByNode(text, () => true));
      await this.remove(oldest);
      return;
    }
    const text = await this.read(file);
    if (text === null) return;
    const data = await gzip(thinned(text));
    const name = file.name.replace("full", "thin");
    try {
      await this.#write(name, data);
    } catch {
      // The disk has no room even for the thinned file.
      this.#count(countByNode(text, () => true));
      return await this.remove(file);
    }
    await Deno.remove(this.#path(file.name)).catch(() => {});
    this.#count(countByNode(text, isOrdinary));
    this.#bytes += data.byteLength - file.bytes;
    Object.assign(file, { name, bytes: data.byteLength, thin: true });
  }

  #count(events: Map<string, number>): void {
    for (const [node, count] of events) this.options.onEvicted(node, count);
  }

  #how(): string {
    const { option = "--spool" } = this.options;
    return option === null ? "" : ` (${option})`;
  }

  #failed(what: "read" | "write", error: unknown): LasthopError {
    const full = error instanceof Error && "code" in error && error.code === "ENOSPC";
    const is = full ? "the disk is full" : error instanceof Error ? error.message : String(error);
    const must = is.includes(", must ")
      ? ""
      : `, must ${full ? "have room" : "be a folder of this probe's own"}`;
    const message = `Cannot ${what} spool "${this.options.directory}": ${is}${must}${this.#how()}`;
    return new LasthopError("spool_failed", message);
  }
}

const ordinaryIn = (text: string) =>
  countByNode(text, isOrdinary).values().some((count) => count > 0);

async function writeRest(file: Deno.FsFile, data: Uint8Array, from: number): Promise<void> {
  for (let at = from; at < data.length;) at += await file.write(data.subarray(at));
}

/** After a rename, only a folder that is written to disk keeps the new name in a crash. */
async function syncDirectory(path: string): Promise<void> {
  const folder = await Deno.open(path);
  try {
    await folder.sync();
  } finally {
    folder.close();
  }
}
