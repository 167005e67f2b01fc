/** Batches of one incident: a header that names another is refused. */
import { type BatchLimits, BatchReader } from "./batches.ts";

/** What reads the batches of an incident; null: of any. */
export function batchReader(limits: BatchLimits, incident: string | null): BatchReader {
  return new BatchReader({
    limits,
    check: (header) =>
      incident === null || header.incident === incident
        ? null
        : `"incident" is ${JSON.stringify(header.incident)}, must be "${incident}"`,
  });
}
