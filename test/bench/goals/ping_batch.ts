/** A batch of a body, as the analysis takes it. */
import { gunzipSync } from "node:zlib";
import type { Batch } from "../../../src/analysis/mod.ts";
import { readRows } from "../../../src/event/read_rows.ts";
import { BatchReader, type WholeBatch } from "../../../src/ingest/intake/batches.ts";
import { DEFAULT_LIMITS } from "../../../src/ingest/limits.ts";
import type { Body } from "../edge/pings.ts";

/** The batch of a body, as a store takes it. */
export function newBatchOf({ bytes }: Body): WholeBatch {
  const plain = gunzipSync(bytes);
  const reader = new BatchReader({ limits: DEFAULT_LIMITS, check: () => null });
  for (let from = 0; from < plain.length;) {
    const to = plain.indexOf(10, from);
    reader.line(plain, from, to);
    from = to + 1;
  }
  return reader.end()!;
}

/** The batch of a body. */
export function batchOf(body: Body): Batch {
  const { header, told, refused } = newBatchOf(body);
  return { header, refused, states: [], events: told.events.flatMap(({ rows }) => readRows(rows)) };
}
