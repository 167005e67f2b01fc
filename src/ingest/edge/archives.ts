/**
 * An incident in R2: its acknowledged batches as segments while it lives, each gzip of lines of an
 * archive. When it is closed, a first object with the archive's own line completes them: all of
 * them in the order of a listing, one after the other, are the archive. `incident.json` tells what
 * it was, as the API shows it.
 */
import { archiveHeader, batchText } from "../archive/archive.ts";
import { shown } from "../routes/shown_incident.ts";
import type { R2Bucket } from "./cloudflare.ts";
import { gzipped } from "../http/gzip.ts";
import type { HubTable } from "./hub_table.ts";
import type { Shards } from "./shards.ts";
import { wholeBatches } from "./whole_batches.ts";

const SEGMENT_ROWS_MAX = 64;

const folder = (incident: string) => `incidents/${incident}/`;
const number = (row: number) => String(row).padStart(12, "0");

/** Archives the next batches; true when there are more. */
export async function archiveSome(
  bucket: R2Bucket | undefined,
  table: HubTable,
  shards: Shards,
): Promise<boolean> {
  const { incident } = table;
  if (bucket === undefined || incident === null || incident.importing) return false;
  const rows = table.page(table.read<number>("archived") ?? 0, Infinity, SEGMENT_ROWS_MAX);
  if (rows.length > 0) {
    const batches = await wholeBatches(rows, shards.layout, shards.read.bind(shards));
    if (batches === null) return true;
    const text = batches.flatMap((batch) => [...batchText(batch)]).join("");
    const [first, last] = [rows[0]!.row, rows.at(-1)!.row];
    const key = `${folder(incident.id)}segments/${number(first)}-${number(last)}.ndjson.gz`;
    await bucket.put(key, await gzipped(text));
    table.write("archived", last);
    return table.row > last || table.incident?.closedMs !== null;
  }
  if (incident.closedMs !== null && table.read("complete") === null) {
    const header = JSON.stringify(archiveHeader(incident, incident.counters.batches));
    const about = new TextEncoder().encode(JSON.stringify(shown(incident)));
    await bucket.put(`${folder(incident.id)}incident.json`, about);
    await bucket.put(`${folder(incident.id)}archive.ndjson.gz`, await gzipped(`${header}\n`));
    table.write("complete", true);
  }
  return false;
}

/** Deletes every object of an incident. Without a bucket there are none. */
export async function deleteArchive(bucket: R2Bucket | undefined, incident: string): Promise<void> {
  if (bucket === undefined) return;
  for (;;) {
    const { objects, truncated } = await bucket.list({ prefix: folder(incident) });
    if (objects.length > 0) await bucket.delete(objects.map(({ key }) => key));
    if (!truncated) return;
  }
}
