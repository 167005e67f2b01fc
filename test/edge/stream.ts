/** What an analysis is given, as the bodies that bring it to an ingest. */
import type { AnalysisInput, Batch } from "../../src/analysis/mod.ts";
import { encodeEvent } from "../../src/event/codec.ts";
import type { IngestClient } from "../../src/ingest/client/client.ts";

/** A batch of an incident of this name, as a probe sends it. */
export function bodyOf({ header, events, states }: Batch, incident: string): string {
  const lines = [
    JSON.stringify({ ...header, incident }),
    ...events.map(encodeEvent),
    ...states.map((state) => JSON.stringify(state)),
  ];
  return lines.join("\n") + "\n";
}

/** The incident that brings about this input, whole, with `sent` called after each batch. */
export async function play(
  client: IngestClient,
  { batches, filter, closed }: AnalysisInput,
  incident: string,
  { shards, sent }: { shards?: number; sent?: (sent: number) => Promise<void> } = {},
): Promise<void> {
  await client.createIncident({
    id: incident,
    filter,
    ...(shards === undefined ? {} : { shards }),
  });
  for (const [i, batch] of batches.entries()) {
    await client.postBatch(incident, bodyOf(batch, incident));
    await sent?.(i + 1);
  }
  if (closed) await client.closeIncident(incident);
}
