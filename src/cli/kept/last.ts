/** The incident that was kept last. */
import { LasthopError } from "../../event/error.ts";
import { Spool } from "../../probe/ship/spool.ts";
import { archiveOf, isInUse, type Kept, keptIn } from "./folder.ts";
import { firstHeader, textsOf, writeWhole } from "./whole.ts";

/** What was kept last. */
export interface LastKept {
  path: string;
  /** When it was last written, in milliseconds since 1970. */
  atMs: number;
  /** Its trace was killed: what it had written by then is there. */
  wasCut: boolean;
}

/**
 * The newest archive of a folder. Of a trace that was killed, an archive is made first. Throws
 * LasthopError `nothing_kept` when there is none.
 */
export async function lastKept(folder: string | null): Promise<LastKept> {
  const kept = folder === null ? [] : await keptIn(folder);
  for (const one of kept.reverse()) {
    if (one.kind === "archive") return { path: one.path, atMs: one.atMs, wasCut: false };
    const path = isInUse(one.path) ? null : await recovered(one);
    if (path !== null) return { path, atMs: one.atMs, wasCut: true };
  }
  const is = folder === null ? "there is no HOME" : `"${folder}" has none`;
  throw new LasthopError(
    "nothing_kept",
    `Cannot open the last archive: ${is}, must be one that trace or probe kept, or name a FILE`,
    2,
  );
}

/** Null when nothing in it can be read, or somebody else is at it. */
async function recovered({ path, atMs }: Kept): Promise<string | null> {
  let spool: Spool;
  try {
    spool = await Spool.open({ directory: path, bytesMax: Infinity, onEvicted() {} });
  } catch {
    return null;
  }
  try {
    for await (const text of textsOf(spool)) {
      const header = firstHeader(text);
      if (header === null) continue;
      const { incident, filter, clock } = header as { incident: string; filter: string } & {
        clock?: { wallMs?: number };
      };
      const about = {
        incident,
        title: "trace that was killed",
        filter,
        createdMs: Math.floor(clock?.wallMs ?? atMs),
        closedMs: Math.floor(atMs),
      };
      const archive = archiveOf(path);
      await writeWhole(spool, about, archive);
      await Deno.utime(archive, atMs / 1000, atMs / 1000);
      for (const file of [...spool.files]) await spool.remove(file);
      return archive;
    }
    return null;
  } finally {
    await spool.close();
  }
}
