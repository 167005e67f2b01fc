/** Where a probe's batches wait when nobody says where. */
import { join } from "node:path";
import { usageError } from "../read_value.ts";
import { stateFolder } from "../user_folders.ts";

/**
 * The folder in which batches wait when none was named. Each incident and set of nodes has its
 * own, so that another start of the same probe finds it. Throws LasthopError `usage` for a user without
 * a home.
 */
export function spoolFolder(incident: string, nodes: readonly { name: string }[]): string {
  const base = Deno.uid() === 0 ? "/var/lib/lasthop" : stateFolder();
  if (base === null) {
    throw usageError("Cannot choose a spool: there is no HOME, must be one, or --spool FOLDER");
  }
  const names = nodes.map(({ name }) => name).join("+");
  return join(base, "spool", incident, names.slice(0, 200));
}
