/** The file that tells scripts that everything is attached. */
import { basename, dirname, join } from "node:path";
import { LasthopError } from "../../event/error.ts";

/**
 * Removes the ready file of an earlier trace, which would say ready too soon. Throws LasthopError
 * `ready_file` when the folder is not there or the file cannot be removed.
 */
export async function removeReadyFile(path: string): Promise<void> {
  try {
    await Deno.stat(dirname(path));
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
  const fresh = join(dirname(path), `.${basename(path)}.${crypto.randomUUID().slice(0, 8)}`);
  try {
    await Deno.writeTextFile(fresh, JSON.stringify(content) + "\n");
    await Deno.rename(fresh, path);
  } catch (error) {
    await Deno.remove(fresh).catch(() => {});
    throw cannotWrite(path, error);
  }
}

function cannotWrite(path: string, error: unknown): LasthopError {
  const why = error instanceof Error ? error.message : String(error);
  return new LasthopError(
    "ready_file",
    `Cannot write ready file "${path}": ${why}, must be a path in a folder that is there`,
  );
}
