/** The file that tells scripts that everything is attached. */
import { dirname } from "node:path";
import { LasthopError } from "../../event/error.ts";
import { replaceOwnText, requireOwnFolder } from "../../files/own_files.ts";

/**
 * Scripts put it into /tmp: there nobody can swap it once it is made, and what somebody made under its
 * name before is replaced. It carries no secret that its mode does not keep.
 */
const SHARED = { stickyIsEnough: true };

/**
 * Removes the ready file of an earlier trace, which would say ready too soon. Throws LasthopError
 * `ready_file` when the folder is not there or others may write in it without being kept from
 * one's own files, or when the file cannot be removed.
 */
export async function removeReadyFile(path: string): Promise<void> {
  try {
    await Deno.stat(dirname(path));
    requireOwnFolder(dirname(path), SHARED);
  } catch (error) {
    throw cannotWrite(path, error);
  }
  try {
    await Deno.remove(path);
  } catch (error) {
    if (!(error instanceof Deno.errors.NotFound)) throw cannotWrite(path, error);
  }
}

/**
 * Writes the file as one line of JSON. It appears when it is whole, so whoever sees it may read
 * it. Throws LasthopError `ready_file` when it cannot be written.
 */
export async function writeReadyFile(path: string, content: unknown): Promise<void> {
  try {
    await replaceOwnText(path, JSON.stringify(content) + "\n", SHARED);
  } catch (error) {
    throw cannotWrite(path, error);
  }
}

function cannotWrite(path: string, error: unknown): LasthopError {
  const why = error instanceof Error ? error.message : String(error);
  const must = why.includes(", must ") ? "" : ", must be a path in a folder that is there";
  return new LasthopError("ready_file", `Cannot write ready file "${path}": ${why}${must}`);
}
