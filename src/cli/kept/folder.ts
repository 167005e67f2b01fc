/** The folder in which incidents are kept that nobody asked to keep: what is in it, and how much. */
import { join } from "node:path";
import { absolutePath, type Environment, stateFolder } from "../user_folders.ts";

/** An archive is `NAME.lasthop.gz`. */
const ARCHIVE = /^[\w][\w.-]*\.lasthop\.gz$/;
/** While a trace runs, its batches are in a spool in `NAME.open`. */
const OPEN = /^[\w][\w.-]*\.open$/;
/** What an archive is written to before it has its name: `.NAME.lasthop.gz.1a2b3c4d`. */
const HALF = /^\.([\w][\w.-]*)\.lasthop\.gz\.[0-9a-f]{8}$/;

/** Archives and open ones at most. */
const COUNT_MAX = 64;
/** Bytes on disk of all of them together, without the one that is being written. */
const BYTES_MAX = 1024 * 1024 * 1024;

/** Something that is kept. */
export interface Kept {
  path: string;
  /** `archive`: whole. `open`: the batches of a trace that runs, or was killed. */
  kind: "archive" | "open";
  /** Size on disk. */
  bytes: number;
  /** When it was last written, in milliseconds since 1970. */
  atMs: number;
}

/** What may be kept. */
export interface KeptLimits {
  count: number;
  bytes: number;
}

/** The folder: systemd's state folder of this service, else the user's. Null where there is neither. */
export const keptFolder = (env: Environment): string | null =>
  // systemd names several folders with colons between them.
  absolutePath(env("STATE_DIRECTORY")?.split(":")[0]) ?? stateFolder(env);

/** The archive of that name. */
export const archivePath = (folder: string, name: string): string =>
  join(folder, `${name}.lasthop.gz`);

/** Where the batches of a trace are until its archive is written. */
export const openPath = (folder: string, name: string): string => join(folder, `${name}.open`);

/** The archive that an open one becomes. */
export const archiveOf = (open: string): string => open.replace(/\.open$/, ".lasthop.gz");

/** What a folder keeps, the oldest first; nothing where there is no folder. Throws Deno's errors. */
export async function keptIn(folder: string): Promise<Kept[]> {
  const kept: Kept[] = [];
  for (const name of await namesIn(folder)) {
    const path = join(folder, name);
    // Links are somebody's own: they are neither opened nor counted nor removed.
    const info = await Deno.lstat(path).catch(() => null);
    if (info === null) continue;
    const atMs = info.mtime?.getTime() ?? 0;
    if (ARCHIVE.test(name) && info.isFile) {
      kept.push({ path, kind: "archive", bytes: info.size, atMs });
    } else if (OPEN.test(name) && info.isDirectory) {
      kept.push({ path, kind: "open", bytes: await bytesIn(path), atMs });
    }
  }
  return kept.sort((a, b) => a.atMs - b.atMs || (a.path < b.path ? -1 : 1));
}

/**
 * Removes the oldest until the rest is within the limits, and halves of archives whose writer is gone.
 * What a running trace writes stays, and so does `newest`. Throws Deno's errors.
 */
export async function boundKept(
  folder: string,
  newest: string | null = null,
  limits: KeptLimits = { count: COUNT_MAX, bytes: BYTES_MAX },
): Promise<void> {
  for (const name of await namesIn(folder)) {
    const half = HALF.exec(name);
    if (half === null || isInUse(openPath(folder, half[1]!))) continue;
    await Deno.remove(join(folder, name)).catch(() => {});
  }
  const kept = (await keptIn(folder)).filter(({ path, kind }) =>
    path !== newest && !(kind === "open" && isInUse(path))
  );
  let bytes = kept.reduce((sum, one) => sum + one.bytes, 0);
  let count = kept.length + (newest === null ? 0 : 1);
  for (const one of kept) {
    if (count <= limits.count && bytes <= limits.bytes) return;
    await Deno.remove(one.path, { recursive: one.kind === "open" });
    count -= 1;
    bytes -= one.bytes;
  }
}

/** A running trace holds the lock of its spool, and lets go of it when it ends, however it ends. */
export function isInUse(open: string): boolean {
  let lock: Deno.FsFile;
  try {
    lock = Deno.openSync(join(open, "lock"), { write: true });
  } catch {
    return false;
  }
  try {
    return !lock.tryLockSync(true);
  } finally {
    lock.close();
  }
}

const namesIn = async (folder: string): Promise<string[]> => {
  try {
    return (await Array.fromAsync(Deno.readDir(folder))).map(({ name }) => name);
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return [];
    throw error;
  }
};

async function bytesIn(folder: string): Promise<number> {
  let bytes = 0;
  for (const name of await namesIn(folder)) {
    bytes += (await Deno.lstat(join(folder, name)).catch(() => null))?.size ?? 0;
  }
  return bytes;
}
