/** Reading an incident's batches back from SQLite. */
import type { BatchHeader } from "../../event/batch.ts";
import { PackedSegment } from "./packed_segment.ts";
import type { Statements } from "./sqlite_statements.ts";
import { type StoredBatch, TIERS } from "./store.ts";

/** Batches read per query: the store is not held while they are worked on. */
const PAGE_ROWS = 64;

/** Batches of an incident in order of acceptance, up to row `rowMax`. */
export async function* readBatches(
  sql: Statements,
  id: string,
  rowMax = Number.MAX_SAFE_INTEGER,
): AsyncGenerator<StoredBatch> {
  for (let from = 0;;) {
    const page = sql.batchesAfter.all(id, from, rowMax, PAGE_ROWS);
    for (const { row, header, refused, evicted } of page) {
      const segments = sql.segmentsOf.all(id, row).map(({ tier, lines, chars, body }) =>
        new PackedSegment(TIERS[tier]!, lines, chars, body)
      );
      yield { row, header: JSON.parse(header) as BatchHeader, refused, evicted, segments };
      from = row;
    }
    if (page.length < PAGE_ROWS) return;
  }
}
