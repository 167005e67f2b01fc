/** Giving the free pages of the file back to the disk, which may be why something was deleted. */
import { isDiskFull } from "./sqlite_schema.ts";
import type { Statements } from "./sqlite_statements.ts";

/**
 * In steps, each checkpointed: moved pages pass through the log, which must not grow for it. Throws
 * what SQLite throws, but not for a full disk.
 */
export function shrink(sql: Statements): void {
  try {
    while (sql.freePages.get()!.freelist_count > 0) {
      sql.vacuumSome.all();
      sql.checkpoint.all();
    }
    sql.checkpoint.all();
  } catch (error) {
    // What was deleted is deleted; its pages are used again.
    if (!isDiskFull(error)) throw error;
  }
}
