/**
 * Where the ingest of this machine answers and with which token, for the commands of the same user: so
 * that nobody carries a token by hand from `lasthop serve` to `lasthop report` beside it. It lies with
 * the incidents themselves, for their owner alone, and goes with the ingest. A token that was given is
 * not written down; a new one is worth nothing after its ingest ended, so that whoever takes the port
 * then learns nothing by being sent it.
 */
import { join } from "node:path";
import { replaceOwnText } from "../../files/own_files.ts";
import type { Access } from "../options.ts";
import { stateFolder } from "../user_folders.ts";

/** What the file says. */
export interface Serving extends Access {
  /** Where nodes reach the same ingest. */
  forNodes?: string;
}

const NAME = "serving.json";

/** Where incidents are kept when nobody says where; null for a user without a home. */
export function usualData(): string | null {
  const folder = Deno.uid() === 0 ? "/var/lib/lasthop" : stateFolder();
  return folder === null ? null : join(folder, "data");
}

/** Writes the file. The incidents' folder must be there. Throws as `replaceOwnText`. */
export function writeServing(dataDir: string, serving: Serving): Promise<void> {
  return replaceOwnText(join(dataDir, NAME), `${JSON.stringify(serving)}\n`);
}

/** Removes the file, when it is there. */
export async function removeServing(dataDir: string): Promise<void> {
  await Deno.remove(join(dataDir, NAME)).catch(() => {});
}

/** What the file says; null when it is not there, or is not this user's or root's alone. */
export function readServing(dataDir = usualData()): Serving | null {
  if (dataDir === null) return null;
  try {
    const path = join(dataDir, NAME);
    const { uid, mode } = Deno.lstatSync(path);
    const isOwn = uid === Deno.uid() || uid === 0;
    if (!isOwn || ((mode ?? 0) & 0o077) !== 0) return null;
    const serving = JSON.parse(Deno.readTextFileSync(path)) as Serving;
    return typeof serving.ingest === "string" ? serving : null;
  } catch {
    return null;
  }
}
