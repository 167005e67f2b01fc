/** Where a probe's batches wait when nobody says where. */
import { join } from "node:path";

/**
 * The folder in which batches wait when none was named. Each incident and set of nodes has its
 * own, so that another start of the same probe finds it.
 */
export function spoolFolder(incident: string, nodes: readonly { name: string }[]): string {
  const base = Deno.uid() === 0 ? "/var/lib/lasthop" : join(
    Deno.env.get("XDG_STATE_HOME") ?? join(Deno.env.get("HOME") ?? "/tmp", ".local/state"),
    "lasthop",
  );
  const names = nodes.map(({ name }) => name).join("+");
  return join(base, "spool", incident, names.slice(0, 200));
}
