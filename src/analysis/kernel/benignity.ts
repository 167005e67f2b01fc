/** What the table of frees that lose nobody's packet says of an event. */
import type { Event } from "../../event/event.ts";
import { BENIGN_FREES, type BenignFree, type BenignMeaning } from "./benign_frees.ts";

/** A row as it is asked: whole names of functions. */
interface Test {
  functions: RegExp | null;
  losses: RegExp | null;
  reasons: ReadonlySet<string> | null;
  row: BenignFree;
}

const EVERY = "*";

/** Names with a star as an expression for whole names; compilers add suffixes with a dot. */
const namesOf = (names: readonly string[]) =>
  new RegExp(`^(${names.map((name) => name.replace("*", ".*")).join("|")})(\\.[a-z0-9.]+)?$`);

const TESTS: readonly Test[] = BENIGN_FREES.map((row) => ({
  functions: row.functions.includes(EVERY) ? null : namesOf(row.functions),
  losses: row.losses ? namesOf(row.losses) : null,
  reasons: row.reasons ? new Set(row.reasons) : null,
  row,
}));

/** What the free of this event says by the table, or null where it may be a loss. */
export function benignity(event: Event): BenignMeaning | null {
  const { function: by = "", reason = "" } = event;
  for (const { functions, losses, reasons, row } of TESTS) {
    if (row.onlyDrops && event.kind !== "drop") continue;
    if (reasons && !reasons.has(reason)) continue;
    if (row.protocols && !row.protocols.includes(event.protocol ?? -1)) continue;
    if (row.packetTypes && !row.packetTypes.includes(event.packetType!)) continue;
    if (functions && !functions.test(by)) continue;
    if (losses?.test(by)) continue;
    return row.means;
  }
  return null;
}
