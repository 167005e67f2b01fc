/**
 * The folder that bpftrace reads its program from. It is removed as soon as bpftrace has read it; a
 * probe that is killed before leaves it, and the next one that starts removes it.
 */

/** A folder of this process alone. */
export interface WorkFolder {
  path: string;
  /** Removes it with all that is in it; again does nothing. */
  remove(): Promise<void>;
}

const PREFIX = "lasthop-trace-";

/**
 * Makes a folder in `parent`, by default among the temporary files, and removes those of processes
 * that are gone.
 *
 * Throws Deno's own errors when no temporary folder can be made.
 */
export async function makeWorkFolder(parent?: string): Promise<WorkFolder> {
  for (;;) {
    const path = await Deno.makeTempDir({
      prefix: PREFIX,
      ...(parent === undefined ? {} : { dir: parent }),
    });
    const lock = lockIn(path);
    // Another one that starts may have taken it for a leftover before it was locked.
    if (lock === null) continue;
    await removeLeftovers(path);
    let isRemoved = false;
    const remove = async () => {
      if (isRemoved) return;
      isRemoved = true;
      await Deno.remove(path, { recursive: true }).catch(() => {});
      lock.close();
    };
    return { path, remove };
  }
}

/** The kernel lets go of the lock when its process ends, however that ends. */
function lockIn(folder: string): Deno.FsFile | null {
  try {
    const file = Deno.openSync(`${folder}/lock`, { write: true, create: true });
    if (file.tryLockSync(true)) return file;
    file.close();
  } catch {
    // It is gone.
  }
  return null;
}

async function removeLeftovers(own: string): Promise<void> {
  const parent = own.slice(0, own.lastIndexOf("/"));
  for await (const { name } of Deno.readDir(parent)) {
    const path = `${parent}/${name}`;
    if (!name.startsWith(PREFIX) || path === own) continue;
    // Everyone may write here: what another user made is none of our leftovers.
    const folder = await Deno.lstat(path).catch(() => null);
    if (folder === null || !folder.isDirectory || folder.uid !== Deno.uid()) continue;
    const lock = lockIn(path);
    if (lock === null) continue;
    await Deno.remove(path, { recursive: true }).catch(() => {});
    lock.close();
  }
}
