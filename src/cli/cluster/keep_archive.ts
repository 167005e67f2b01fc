/** The archive that is kept of a trace on many machines, unless somebody asked for none. */
import { LasthopError } from "../../event/error.ts";
import { makeOwnFolder } from "../../files/own_files.ts";
import type { IngestClient } from "../../ingest/mod.ts";
import { saveArchive } from "../asking/archive_file.ts";
import { archivePath, boundKept, keptFolder } from "../kept/folder.ts";

/**
 * Writes it where traces of this machine are kept. Resolves with its path; null where it can't be
 * written, which is said, because nobody asked for it. Throws what is no LasthopError.
 */
export async function keepArchive(
  client: IngestClient,
  incident: string,
  progress: (text: string) => void,
): Promise<string | null> {
  const folder = keptFolder((name) => Deno.env.get(name));
  if (folder === null) return null;
  try {
    makeOwnFolder(folder);
    const path = archivePath(folder, incident);
    await saveArchive(await client.downloadArchive(incident), path);
    await boundKept(folder, path);
    return path;
  } catch (error) {
    if (!(error instanceof LasthopError)) throw error;
    progress(`no archive is kept: ${error.message} (--archive FILE keeps one)`);
    return null;
  }
}
