/**
 * Files that no other user of the machine can plant, swap or read. A folder that others may write is
 * theirs: they put a link where a file is to be, and root overwrites what it leads to. So the whole
 * way to a folder is looked at, and files are made new and then renamed.
 */
import { lstatSync, mkdirSync, readlinkSync } from "node:fs";
import { basename, dirname, join, resolve } from "node:path";
import { isTrustedUser } from "./trusted_user.ts";

/** Links on one way at most, as the kernel follows (path_resolution(7)). */
const LINKS_MAX = 40;

/** How strict a folder is looked at. */
export interface FolderCheck {
  /**
   * The folder itself may be as /tmp is: others make files in it but can't touch one's own. Enough for
   * a file that nobody expects under its name.
   */
  stickyIsEnough?: boolean;
}

/**
 * What is wrong with a folder, as "IS, must be RULE"; null when only its owner and root can change
 * what is in it, or when it, or a folder above it, is not there yet. Throws Error of node:fs when it
 * cannot be looked at.
 */
export function folderFault(path: string, { stickyIsEnough = false }: FolderCheck = {}) {
  let todo = resolve(path).split("/").filter((part) => part !== "");
  let at = "/";
  let links = 0;
  for (;;) {
    const info = lstatSync(at, { throwIfNoEntry: false });
    if (info === undefined) return null;
    if (!isTrustedUser(info.uid)) {
      return `"${at}" belongs to uid ${info.uid}, must be this user's or root's, ` +
        "and writable by nobody else";
    }
    if (info.isSymbolicLink()) {
      if (++links > LINKS_MAX) return `"${at}" is one link too many, must be a folder`;
      todo = [...readlinkSync(at).split("/").filter((part) => part !== ""), ...todo];
      at = readlinkSync(at).startsWith("/") ? "/" : dirname(at);
      continue;
    }
    const isLast = todo.length === 0;
    // Where every user has a group alone, folders are often made for that group as well: the owner's,
    // or as of a volume in a container, which is root's, this user's.
    const isOneUsers = info.gid === info.uid || info.gid === Deno.uid();
    const isGroupShared = (info.mode & 0o020) !== 0 && !isOneUsers;
    const isShared = isGroupShared || (info.mode & 0o002) !== 0;
    const isSticky = (info.mode & 0o1000) !== 0 && (!isLast || stickyIsEnough);
    if (isShared && !isSticky) {
      return `others may write "${at}", must be writable by its owner alone`;
    }
    if (isLast) return null;
    at = join(at, todo.shift()!);
  }
}

/**
 * Makes a folder where there is none, for its owner alone. Throws Error of node:fs when it can't be
 * made, and Error whose message is that of `folderFault` when others could write in it.
 */
export function makeOwnFolder(path: string): void {
  requireOwnFolder(path);
  mkdirSync(path, { recursive: true, mode: 0o700 });
  // Somebody may have made a part of it in between.
  requireOwnFolder(path);
}

/** Throws Error whose message is that of `folderFault`. */
export function requireOwnFolder(path: string, check?: FolderCheck): void {
  const fault = folderFault(path, check);
  if (fault !== null) throw new Error(fault);
}

/**
 * Opens a file for writing that was not there and that only its owner may read. `createNew` is
 * O_EXCL, which follows no link, not even one that leads nowhere (open(2)). Throws Deno's own errors.
 */
export function createOwnFile(path: string): Promise<Deno.FsFile> {
  return Deno.open(path, { write: true, createNew: true, mode: 0o600 });
}

/**
 * Opens a file that is locked, in a folder of one's own; makes it where there is none. Only its owner may
 * open it: who can open a file, be it for reading, can hold its lock for ever (flock(2)). Throws Deno's
 * own errors.
 */
export async function openLockFile(path: string): Promise<Deno.FsFile> {
  const file = await Deno.open(path, { write: true, create: true, mode: 0o600 });
  try {
    // One from an earlier version, which others may open.
    await Deno.chmod(path, 0o600);
    return file;
  } catch (error) {
    file.close();
    throw error;
  }
}

/**
 * Puts a file in place of what has its name: a link there is replaced, not followed. The file appears
 * when `write` has written it whole; when that fails, what was there stays. `write` closes the file.
 * Throws as `requireOwnFolder`, what `write` throws, and Deno's own errors.
 */
export async function replaceOwnFile(
  path: string,
  write: (file: Deno.FsFile) => Promise<void>,
  check?: FolderCheck,
): Promise<void> {
  requireOwnFolder(dirname(path), check);
  const fresh = join(dirname(path), `.${basename(path)}.${crypto.randomUUID().slice(0, 8)}`);
  const file = await createOwnFile(fresh);
  try {
    await write(file);
    await Deno.rename(fresh, path);
  } catch (error) {
    await Deno.remove(fresh).catch(() => {});
    throw error;
  }
}

/** `replaceOwnFile` for a text. Throws as it does. */
export function replaceOwnText(path: string, text: string, check?: FolderCheck): Promise<void> {
  const write = async (file: Deno.FsFile) => {
    await new Blob([text]).stream().pipeTo(file.writable);
  };
  return replaceOwnFile(path, write, check);
}
