/** Batches as the ingest keeps them. */
import type { Batch } from "../../../src/analysis/mod.ts";
import { readRows } from "../../../src/event/read_rows.ts";
import { RowWriter } from "../../../src/event/rows.ts";

/** A batch as the ingest keeps it: its events are made anew each time. */
export function asKept({ header, refused, states, events }: Batch): Batch {
  const rows = new RowWriter();
  for (const event of events) rows.event(event);
  const block = rows.block();
  return {
    ...{ header: { ...header, eventLines: events.length }, refused, states, rows: [block] },
    get events() {
      return readRows(block);
    },
  };
}
